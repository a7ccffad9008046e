#include "cli/cli.h"
#include <string.h>
#include "base/program_file.h"
#include "cli/cli_check.h"
#include "cli/cli_foreign.h"
#include "cli/cli_table.h"
#include "cli/option_files.h"
#include "trace_format.h"

/* --- the command line ---------------------------------------------------- */

static int cli_take_argument(struct options *options, const char *argument, struct failure *failure)
{
    const struct cli_option *option = cli_table_find(argument);
    const char *equals = strchr(argument, '=');
    const char *value = equals ? equals + 1 : NULL;

    if (!option && cli_foreign_is_tools(argument))
        return 0;
    if (!option)
        return failure_set(
            failure, "%s is not an option of leakreport; leakreport --help lists them", argument);
    /* The tracer's, too. */
    if (option->take == cli_take_tracers || strcmp(option->name, "--leak-check-heuristics") == 0 ||
        strcmp(option->name, "--track-fds") == 0)
        option_list_add(&options->run_options, argument);
    if (!value && option->argument && option->take != cli_take_top &&
        option->take != cli_take_follow)
        return failure_set(failure, "%s needs a value: %s=%s", option->name, option->name,
                           option->argument);
    if (value && !option->argument)
        return failure_set(failure, "%s takes no value, but has one: %s", option->name, argument);
    options->show_leaks |= cli_table_asks_for_leaks(option);
    return option->take(options, option, value, failure);
}

/* --- programs ------------------------------------------------------------ */

static int cli_miss_program(struct failure *failure)
{
    return failure_set(failure, "--run needs a program: leakreport --run [OPTIONS] PROGRAM "
                                "[ARGUMENTS]");
}

/* --run alone: this process becomes the program. All options are the tracer's. */
static int cli_take_run(struct options *options, int count, char **arguments,
                        struct failure *failure)
{
    int i = 1;

    options->mode = CLI_RUN;
    for (; i < count && arguments[i][0] == '-' && strcmp(arguments[i], "--") != 0; i++) {
        const struct cli_option *option = cli_table_find(arguments[i]);

        if (option && option->take == cli_take_mode)
            return cli_take_argument(options, arguments[i], failure);
        if (strcmp(arguments[i], "--run") == 0)
            continue;
        if (!option)
            return cli_take_argument(options, arguments[i], failure);
        option_list_add(&options->run_options, arguments[i]);
    }
    if (i < count && strcmp(arguments[i], "--") == 0)
        i++;
    options->program = arguments + i;
    return i < count ? 0 : cli_miss_program(failure);
}

/* Whether --run stands among the options in front of the first name, and whether there is one of
 * the report beside it, --error-exitcode for one: without a report, each leak would look like
 * success. */
static void cli_look_for_run(int count, char **arguments, bool *run, bool *report)
{
    *run = *report = false;
    for (int i = 1; i < count && arguments[i][0] == '-' && strcmp(arguments[i], "--") != 0; i++) {
        const struct cli_option *option = cli_table_find(arguments[i]);

        *run |= strcmp(arguments[i], "--run") == 0;
        *report |= option && option->take != cli_take_mode && !cli_table_is_tracers(option);
    }
}

static const struct options cli_defaults = {
    .leak_check = CLI_CHECK_FULL,
    .leak_resolution = CLI_RESOLUTION_HIGH,
    .show_kinds = CLI_BIT(TRACE_DEFINITELY_LOST) | CLI_BIT(TRACE_POSSIBLY_LOST),
    .error_kinds = CLI_BIT(TRACE_DEFINITELY_LOST) | CLI_BIT(TRACE_POSSIBLY_LOST),
    .heuristics = TRACE_HEURISTICS_ALL,
    .xml_protocol = 4,
    .xtree_leak_to = {.file = "xtleak.kcg.%p", .option = "--xtree-leak-file"},
    .xtree_memory_to = {.file = "xtmemory.kcg.%p", .option = "--xtree-memory-file"},
    .top = 10,
    .paths = 1,
    .mismatched_frees = true,
    .demangle = true,
    .enable_debuginfod = true,
    .default_suppressions = true,
};

/* The program is what is no log: a log is known by its first bytes, so nobody has to say which it
 * is. */
static bool cli_is_program(const struct options *options, bool run, const char *argument)
{
    return options->logs.count == 0 && !options->check && !options->follow &&
           (run || program_file_is_program(argument));
}

static int cli_take_words(struct options *options, bool run, int count, char **arguments,
                          struct failure *failure)
{
    bool names_only = false;

    for (int i = 1; i < count; i++) {
        const char *argument = arguments[i];

        if (!names_only && strcmp(argument, "--") == 0) {
            names_only = true;
        } else if (!names_only && run && strcmp(argument, "--run") == 0) {
            continue;
        } else if (!names_only && argument[0] == '-' && argument[1]) {
            if (cli_take_argument(options, argument, failure) != 0)
                return -1;
        } else if (cli_is_program(options, run, argument)) {
            options->program = arguments + i;
            options->mode = options->mode == CLI_REPORT ? CLI_TRACE : options->mode;
            return 0;
        } else {
            option_list_add(&options->logs, argument);
        }
    }
    return run && options->mode == CLI_REPORT ? cli_miss_program(failure) : 0;
}

/* --- option files -------------------------------------------------------- */

/* All of them, or the tracer's alone. */
static int cli_take_file(struct options *options, const struct option_file *file, bool tracers,
                         struct failure *failure)
{
    struct failure why;

    for (size_t i = 0; i < file->words.count; i++) {
        const char *word = file->words.items[i];
        const struct cli_option *option = cli_table_find(word);

        if (word[0] != '-' || !word[1])
            return failure_set(failure, "%s: %s is not an option", file->name, word);
        if (tracers && option && option->take != cli_take_tracers)
            continue;
        if (cli_take_argument(options, word, &why) != 0)
            return failure_set(failure, "%s: %s", file->name, why.text);
    }
    return 0;
}

static int cli_take_files(struct options *options, const struct option_files *files, bool tracers,
                          struct failure *failure)
{
    for (size_t i = 0; files && i < files->count; i++)
        if (cli_take_file(options, &files->files[i], tracers, failure) != 0)
            return -1;
    options->run_options_of_files = options->run_options.count;
    return 0;
}

int cli_parse_with(struct options *options, const struct option_files *files, int count,
                   char **arguments, struct failure *failure)
{
    bool run, report;

    *options = cli_defaults;
    options->as_valgrind = files && files->as_valgrind;
    if (options->as_valgrind)
        options->leak_check = CLI_CHECK_SUMMARY;
    cli_look_for_run(count, arguments, &run, &report);
    if (cli_take_files(options, files, run && !report, failure) != 0)
        return -1;
    if (run && !report)
        return cli_take_run(options, count, arguments, failure);
    if (cli_take_words(options, run, count, arguments, failure) != 0)
        return -1;
    cli_finish(options);
    return cli_check(options, failure);
}

int cli_parse(struct options *options, int count, char **arguments, struct failure *failure)
{
    return cli_parse_with(options, NULL, count, arguments, failure);
}
