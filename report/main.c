/* main: the only room that prints messages and ends the process.
 *
 * Exit status: 0; that of --error-exitcode when there are errors; 2 when the work could not be
 * done, or --error-exitcode was given and it cannot be told whether there are errors, after one
 * line on standard error that says why. Of several logs each that can be read is reported, whatever
 * the others are. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include "cli.h"
#include "launch.h"
#include "log_report.h"
#include "memory.h"
#include "safe_text.h"

enum { EXIT_TROUBLE = 2 };

static void main_say_exhausted(size_t bytes)
{
    fprintf(stderr, "leakreport: there is no memory left (%zu bytes more were needed)\n", bytes);
    exit(EXIT_TROUBLE);
}

static int main_fail(const struct failure *failure)
{
    fputs("leakreport: ", stderr);
    safe_text_put(stderr, failure->text);
    fputc('\n', stderr);
    return EXIT_TROUBLE;
}

/* --- reports ------------------------------------------------------------- */

/* A log may name hundreds of modules, each an open file. */
static void main_raise_file_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* 0, or EXIT_TROUBLE when one of them cannot be read. */
static int main_find_processes(const struct cli_options *options, struct process_tree *tree)
{
    struct failure failure;
    int status = 0;

    for (size_t i = 0; i < options->logs.count; i++) {
        enum process_added added = process_tree_add(tree, options->logs.items[i], &failure);

        if (added != PROCESS_ADDED)
            main_fail(&failure);
        if (added == PROCESS_UNREADABLE)
            status = EXIT_TROUBLE;
    }
    process_tree_order(tree);
    return status;
}

/* What could not be written once, will not be written the next time. */
static int main_report_all(struct log_run *run)
{
    struct failure failure;
    enum log_reported reported = LOG_REPORTED;
    int status = 0;

    for (uint32_t i = 0; i < run->tree->count && reported != LOG_UNWRITABLE; i++) {
        reported = log_report(run, i, &failure);
        if (reported != LOG_REPORTED)
            status = main_fail(&failure);
    }
    if (run->several && reported != LOG_UNWRITABLE &&
        log_report_summary(run, &failure) != LOG_REPORTED)
        status = main_fail(&failure);
    return status;
}

/* Doubt is told where nobody would see it otherwise: without a report, and where the exit status
 * says it. Any error that was found outweighs it. */
static int main_errors(const struct log_run *run)
{
    const struct cli_options *options = run->options;
    bool say = options->error_exitcode || (options->quiet && options->show_leaks);
    bool doubt = false, errors = false;
    struct failure failure;

    for (uint32_t i = 0; i < run->tree->count; i++) {
        const struct process_entry *entry = &run->tree->entries[i];

        errors |= entry->errors > 0;
        doubt |= entry->doubt != NULL;
        if (entry->doubt && say) {
            failure_set(&failure, "%s: whether there are errors cannot be told: %s", entry->path,
                        entry->doubt);
            main_fail(&failure);
        }
    }
    if (!options->error_exitcode)
        return 0;
    return errors ? (int)options->error_exitcode : doubt ? EXIT_TROUBLE : 0;
}

/* About suppression files. A file that is something else would have a thousand. */
static void main_warn(const struct suppressions *suppressions)
{
    enum { WARNINGS_SHOWN = 10 };
    const char *text;

    for (size_t i = 0; (text = suppress_warning(suppressions, i)) != NULL; i++) {
        if (i == WARNINGS_SHOWN) {
            fputs("leakreport: warning: there are more of the kind\n", stderr);
            return;
        }
        fputs("leakreport: warning: ", stderr);
        safe_text_put(stderr, text);
        fputc('\n', stderr);
    }
}

static int main_report_tree(const struct cli_options *options, struct process_tree *tree)
{
    struct failure failure;
    struct log_run run = {
        .options = options, .tree = tree, .several = tree->count + tree->unreadable > 1};

    run.suppressions = select_suppressions(options, &failure);
    if (!run.suppressions)
        return main_fail(&failure);
    main_warn(run.suppressions);
    run.modules = module_cache_new(options->demangle);
    output_init(&run.output, options->log_file);
    progress_begin(&run.progress, stderr, isatty(STDERR_FILENO));
    int status = main_report_all(&run);
    if (status == 0)
        status = main_errors(&run);
    output_free(&run.output);
    intern_free(&run.generated);
    module_cache_free(run.modules);
    suppress_free(run.suppressions);
    return status;
}

static int main_report(const struct cli_options *options)
{
    struct process_tree tree = {0};

    if (!options->enable_debuginfod)
        unsetenv("DEBUGINFOD_URLS");
    main_raise_file_limit();
    int trouble = main_find_processes(options, &tree);
    int status = tree.count ? main_report_tree(options, &tree) : EXIT_TROUBLE;
    process_tree_free(&tree);
    return trouble ? trouble : status;
}

static int main_run(const struct cli_options *options)
{
    struct failure failure;

    switch (options->mode) {
    case CLI_HELP:
        cli_print_help(stdout);
        break;
    case CLI_VERSION:
        printf("leakreport %s\n", REPORT_VERSION);
        break;
    case CLI_RUN:
        launch_program(options, &failure);
        return main_fail(&failure);
    default:
        return main_report(options);
    }
    return output_close(stdout, &failure) == 0 ? 0 : main_fail(&failure);
}

int main(int count, char **arguments)
{
    struct cli_options options;
    struct failure failure;

    memory_set_exhausted(main_say_exhausted);
    int status = cli_parse(&options, count, arguments, &failure) == 0 ? main_run(&options)
                                                                      : main_fail(&failure);
    cli_free(&options);
    return status;
}
