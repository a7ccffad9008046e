/* cli.h: the command line: what the user wants (struct options).
 *
 * All options stand in one table (cli_table.c), which parses and explains them. Texts point into
 * argv.
 */
#ifndef CLI_H
#define CLI_H

#include "base/failure.h"
#include "base/options.h"

struct option_files;

/* 0, or -1 with `failure` filled: an option that is not known, a value that is not allowed. */
int cli_parse(struct options *options, int count, char **arguments, struct failure *failure);
/* With the options of these files before those of the command line; they must stay for as long. */
int cli_parse_with(struct options *options, const struct option_files *files, int count,
                   char **arguments, struct failure *failure);

#endif
