/* cli_help.h: the text of --help, made of the table of options. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdbool.h>
#include <stdio.h>

/* All: valgrind's options that do nothing here, too. */
void cli_print_help(FILE *out, bool all);

#endif
