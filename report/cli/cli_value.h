/* cli_value.h: how the values of options are understood; for cli only.
 *
 * Each parser takes one option's value and writes its field of struct options, or refuses it
 * in a sentence that names the option and what it takes.
 */
#ifndef CLI_VALUE_H
#define CLI_VALUE_H

#include "base/failure.h"
#include "base/options.h"
#include "cli/cli_words.h"

struct cli_option;
typedef int cli_parser(struct options *options, const struct cli_option *option, const char *value,
                       struct failure *failure);
struct cli_option {
    const char *name;     /* with its dashes */
    const char *argument; /* NULL: takes none */
    const char *help;     /* NULL: not in the help text */
    cli_parser *take;
    size_t offset;                /* of its field in struct options */
    const struct cli_word *words; /* of choices and sets, ended by NULL */
    unsigned low, high;           /* bounds of a number; a mode's value in low */
};

/* Does this word of the command line give that option: --NAME, --NAME=VALUE, --memcheck:NAME? */
bool cli_is_named(const struct cli_option *option, const char *argument);

/* For parsers: the option's field, and the sentence that refuses a value. */
void *cli_field(struct options *options, const struct cli_option *option);
int cli_refuse(const struct cli_option *option, const char *value, struct failure *failure);

cli_parser cli_take_bool, cli_take_choice, cli_take_set, cli_take_number, cli_take_text,
    cli_take_folder, cli_take_list, cli_take_filter, cli_take_mode, cli_take_flag,
    cli_take_show_reachable, cli_take_show_possible, cli_take_show, cli_take_top, cli_take_follow,
    cli_take_markers, cli_take_tracers, cli_take_error_list, cli_take_xtree_leak;

#endif
