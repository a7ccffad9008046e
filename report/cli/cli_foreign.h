/* cli_foreign.h: valgrind's options that have no work here, and its other tools; for cli only.
 *
 * cli_foreign.def lists them. A command line that was written for valgrind is to run: such an
 * option is accepted, its value is looked at, and the report says what it does not do. Only another
 * tool is refused, in a sentence that says what does its work.
 */
#ifndef CLI_FOREIGN_H
#define CLI_FOREIGN_H

#include <stdio.h>
#include "cli/cli_value.h"

/* NULL: no such option. */
const struct cli_option *cli_foreign_find(const char *argument);
/* --TOOL:OPTION of another tool than memcheck, which valgrind passes over. */
bool cli_foreign_is_tools(const char *argument);
/* Every one, with what it does not do. */
void cli_foreign_print(FILE *out);
cli_parser cli_take_foreign, cli_take_tool;

#endif
