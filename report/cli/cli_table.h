/* cli_table.h: every option of leakreport, with its help, its parser and its field; for cli only.
 *
 * Spellings and defaults are valgrind's where valgrind has the option.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "cli/cli_value.h"

/* In the order of --help; NULL behind the last. */
const struct cli_option *cli_table_at(size_t index);
/* Of valgrind's that do nothing here, too (cli_foreign.h). NULL: no such option. */
const struct cli_option *cli_table_find(const char *argument);

bool cli_table_asks_for_leaks(const struct cli_option *option);
bool cli_table_is_tracers(const struct cli_option *option);

#endif
