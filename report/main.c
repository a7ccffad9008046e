/* main: the only room that prints messages and ends the process.
 *
 * Exit status: 0; that of --error-exitcode when there are errors; 2 when the work could not be
 * done, or --error-exitcode was given and it cannot be told whether there are errors, after one
 * line on standard error that says why. Of several logs each that can be read is reported, whatever
 * the others are. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/format.h"
#include "base/memory.h"
#include "base/safe_text.h"
#include "cli/cli.h"
#include "cli/cli_help.h"
#include "cli/launch.h"
#include "cli/option_files.h"
#include "cli/supervise.h"
#include "cli/traced_run.h"
#include "core/core_logs.h"
#include "judge/diff/old_export.h"
#include "live/follow_plain.h"
#include "live/follow_screen.h"
#include "live/live_check.h"
#include "live_report.h"
#include "log_report.h"
#include "views/renderer.h"
#include "words/words_ending.h"

enum { EXIT_TROUBLE = 2 };
/* What scripts that ask valgrind for its version are to find: they compare it with the least that
 * they need. The options and texts are those of this one. */
#define MAIN_AS_VALGRIND "3.19.0"

static void main_say_exhausted(size_t bytes)
{
    fprintf(stderr, "leakreport: out of memory (%zu more bytes were needed)\n", bytes);
    exit(EXIT_TROUBLE);
}

static int main_fail(const struct failure *failure)
{
    fputs("leakreport: ", stderr);
    safe_text_put(stderr, failure->text);
    fputc('\n', stderr);
    return failure->status ? failure->status : EXIT_TROUBLE;
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

/* What is compared with may be a document that a leakreport has written. */
static enum process_added main_add_older(struct process_tree *tree, const char *path,
                                         struct failure *failure)
{
    if (!document_is(path))
        return process_tree_add(tree, path, failure);
    return old_export_add(tree, path, failure) == 0 ? PROCESS_ADDED : PROCESS_UNREADABLE;
}

/* 0, or EXIT_TROUBLE when one of them cannot be read. */
static int main_find_processes(const struct option_list *logs, struct process_tree *tree,
                               enum process_added (*add)(struct process_tree *, const char *,
                                                         struct failure *))
{
    struct failure failure;
    int status = 0;

    for (size_t i = 0; i < logs->count; i++) {
        enum process_added added = add(tree, logs->items[i], &failure);

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
    if (reported != LOG_UNWRITABLE && log_report_end(run, &failure) != LOG_REPORTED)
        status = main_fail(&failure);
    return status;
}

static void main_say_doubt(const struct options *options, const struct process_entry *entry)
{
    char *why = words_doubt(&entry->doubt);
    struct failure failure;

    failure_set(&failure, "%s: it is not known whether there are errors: %s",
                options->logs_are_temporary ? entry->command : entry->path, why);
    main_fail(&failure);
    free(why);
}

/* Doubt is told where nobody would see it otherwise: without a report, and where the exit status
 * says it. Any error that was found outweighs it. */
static int main_errors(struct log_run *run)
{
    const struct options *options = run->options;
    bool say = options->error_exitcode || (options->quiet && options->show_leaks);
    bool doubt = false, errors = false;

    for (uint32_t i = 0; i < run->tree->count; i++) {
        const struct process_entry *entry = &run->tree->entries[i];

        errors |= entry->errors > 0;
        doubt |= entry->doubt.kind != DOUBT_NONE;
        if (entry->doubt.kind != DOUBT_NONE && say)
            main_say_doubt(options, entry);
    }
    if (!options->error_exitcode)
        return 0;
    run->errors = errors;
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

/* NULL: one of the files is not there or not right, and that has been said. */
static struct suppressions *main_load_suppressions(const struct options *options)
{
    struct failure failure;
    struct suppressions *suppressions = select_suppressions(options, &failure);

    if (suppressions)
        main_warn(suppressions);
    else
        main_fail(&failure);
    return suppressions;
}

/* As valgrind: text that cannot go to a socket or descriptor is not lost. */
static void main_use_stream(struct log_run *run, FILE *stream)
{
    static const struct destination standard;
    struct failure failure;

    fprintf(stderr, "leakreport: the report goes to standard %s instead\n",
            stream == stdout ? "output" : "error");
    output_init(&run->output, "log", &standard, stream, &failure);
}

/* Before a program runs: a suppression file that is not there, and a place that cannot be written
 * to, are to be known then. -1: that has been said. */
static int main_begin(struct log_run *run, FILE *stream)
{
    const struct options *options = run->options;
    bool is_xml = options->format == FORMAT_XML && options_has_destination(&options->xml_to);
    struct failure failure;

    run->suppressions = main_load_suppressions(options);
    if (!run->suppressions || main_find_processes(&options->diff, run->old, main_add_older) != 0)
        return -1;
    if (!options->diff.count) {
        process_tree_free(run->old);
        run->old = NULL;
    }
    if (output_init(&run->output, is_xml ? "xml" : "log",
                    is_xml ? &options->xml_to : &options->log_to, stream, &failure) != 0) {
        main_fail(&failure);
        if (is_xml || run->output.to->file)
            return -1;
        main_use_stream(run, stream);
    }
    run->output.is_log = options->mode == CLI_TRACE && live_report_is_wanted(options);
    run->output.apart = renderer_of(options->format)->one_process;
    log_xtree_begin(&run->xtree, options);
    return 0;
}

static void main_end(struct log_run *run)
{
    output_free(&run->output);
    log_xtree_end(&run->xtree);
    suppress_free(run->suppressions);
    process_tree_free(run->tree);
    if (run->old)
        process_tree_free(run->old);
}

/* Two such documents in one stream are none: of a file each further process has one of its own, of
 * a socket a connection. */
static int main_refuse_several(const struct log_run *run)
{
    struct failure failure;

    if (run->tree->count < 2 || !run->output.apart || run->output.to->file ||
        run->output.to->socket)
        return 0;
    failure_set(&failure,
                "a document of this --format holds one process, and there are %u: add "
                "--%s-file=NAME, of which the others have NAME.PID, or name one log",
                run->tree->count, run->output.name);
    return main_fail(&failure);
}

static void main_begin_progress(struct progress *progress, const struct options *options)
{
    progress_begin(progress, stderr, !options->quiet && isatty(STDERR_FILENO));
    progress_start(progress);
}

static int main_report_tree(struct log_run *run)
{
    const struct options *options = run->options;

    if (main_refuse_several(run) != 0)
        return EXIT_TROUBLE;
    run->several = run->tree->count + run->tree->unreadable > 1;
    run->modules = module_cache_new(options->demangle);
    if (options->gen_suppressions == CLI_GENERATED_ASKED)
        question_begin(&run->question);
    main_begin_progress(&run->progress, options);
    int status = main_report_all(run);
    progress_end(&run->progress);
    if (status == 0)
        status = main_errors(run);
    question_end(&run->question);
    intern_free(&run->generated);
    module_cache_free(run->modules);
    return status;
}

/* The snapshots take the places of what was named. EXIT_TROUBLE: one of them could not be had. */
static int main_check(struct options *options)
{
    struct progress progress;
    struct failure failure;
    size_t made = 0;

    main_begin_progress(&progress, options);
    for (size_t i = 0; i < options->logs.count; i++) {
        progress_say(&progress, "waiting for the leak check of", options->logs.items[i]);
        int pid;
        bool is_bare = core_logs_is_unprepared(options->logs.items[i], &pid);
        char *path = is_bare ? core_logs_check(pid, options->heuristics, &failure)
                             : live_check(options->logs.items[i], &failure);

        progress_clear(&progress);
        options->logs_are_temporary |= path && is_bare;
        if (path)
            options->logs.items[made++] = path;
        else
            main_fail(&failure);
    }
    progress_end(&progress);
    int status = made < options->logs.count ? EXIT_TROUBLE : 0;
    options->logs.count = made;
    return status;
}

/* Logs that are made of cores take their places. */
static int main_judge_cores(struct options *options)
{
    struct failure failure;

    return core_logs_make(options, &failure) == 0 ? 0 : main_fail(&failure);
}

static void main_prepare_to_read(const struct options *options)
{
    if (!options->enable_debuginfod)
        unsetenv("DEBUGINFOD_URLS");
    main_raise_file_limit();
}

static int main_follow(const struct options *options)
{
    bool has_screen = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    struct failure failure;
    const char *word = options->logs.items[0];

    main_prepare_to_read(options);
    int result = options->follow == CLI_FOLLOW_SCREEN && has_screen
                     ? follow_screen(options, word, &failure)
                     : follow_plain(options, word, &failure);
    return result == 0 ? 0 : main_fail(&failure);
}

static int main_report(struct options *options)
{
    struct process_tree tree = {0}, old = {0};
    struct log_run run = {.options = options, .tree = &tree, .old = &old};
    int status = EXIT_TROUBLE;

    main_prepare_to_read(options);
    int trouble = options->check ? main_check(options) : main_judge_cores(options);
    if (!trouble || options->check)
        trouble |= main_find_processes(&options->logs, &tree, process_tree_add);
    if (tree.count)
        status = main_begin(&run, stdout) == 0 ? main_report_tree(&run) : EXIT_TROUBLE;
    main_end(&run);
    core_logs_remove();
    return trouble ? trouble : status;
}

/* --- a program's run and its report -------------------------------------- */

/* Of a folder that is not the run's own, other files and other runs' logs are no matter. */
static int main_find_run(const struct traced_run *run, struct process_tree *tree)
{
    struct failure failure;

    if (run->is_temporary)
        return main_find_processes(&run->logs, tree, process_tree_add);
    for (size_t i = 0; i < run->logs.count; i++)
        process_tree_add(tree, run->logs.items[i], &failure);
    process_tree_only(tree, (uint32_t)run->pid, run->begun_ns);
    process_tree_order(tree);
    return 0;
}

static int main_report_run(struct log_run *log_run, const struct traced_run *run)
{
    struct failure failure;

    int trouble = main_find_run(run, log_run->tree);
    if (log_run->tree->count == 0) {
        failure_set(&failure, "%s has left no log: it was not traced",
                    log_run->options->program[0]);
        return main_fail(&failure);
    }
    int status = main_report_tree(log_run);
    return trouble ? trouble : status;
}

/* What the program's parent would see, but for errors that were asked for. Doubt and trouble must
 * only not look like success. */
static int main_status_of_run(const struct log_run *run, int wait_status, int status)
{
    fflush(NULL);
    if (WIFSIGNALED(wait_status)) {
        supervise_die_of(WTERMSIG(wait_status));
        return 128 + WTERMSIG(wait_status);
    }
    if (status == 0 || (status == EXIT_TROUBLE && !run->errors && WEXITSTATUS(wait_status)))
        return WEXITSTATUS(wait_status);
    return status;
}

/* Symbols are looked for in files: no more of them than when a report is made. */
static int main_run_traced(struct log_run *log_run, struct traced_run *run, struct failure *failure)
{
    struct live_report live = {log_run, main_prepare_to_read};
    struct folder_watch watch = {.context = &live};

    if (live_report_is_wanted(log_run->options))
        watch.written = live_report_look;
    log_run->modules = module_cache_new(log_run->options->demangle);
    int result =
        traced_run(run, log_run->options, output_descriptor(&log_run->output), &watch, failure);
    module_cache_free(log_run->modules);
    return result;
}

static int main_trace(struct options *options)
{
    struct process_tree tree = {0}, old = {0};
    struct log_run log_run = {.options = options, .tree = &tree, .old = &old};
    struct traced_run run = {0};
    struct failure failure;
    int status = EXIT_TROUBLE;

    if (main_begin(&log_run, stderr) == 0) {
        if (main_run_traced(&log_run, &run, &failure) == 0) {
            options->logs_are_temporary = run.is_temporary;
            main_prepare_to_read(options);
            status = main_report_run(&log_run, &run);
            traced_run_end(&run);
            status = main_status_of_run(&log_run, run.wait_status, status);
        } else {
            status = main_fail(&failure);
            traced_run_end(&run);
        }
    }
    main_end(&log_run);
    return status;
}

static int main_run(struct options *options)
{
    struct failure failure;

    switch (options->mode) {
    case CLI_HELP:
    case CLI_HELP_ALL:
        cli_print_help(stdout, options->mode == CLI_HELP_ALL);
        break;
    case CLI_VERSION:
        printf(options->as_valgrind ? "valgrind-%s\n" : "leakreport %s\n",
               options->as_valgrind ? MAIN_AS_VALGRIND : REPORT_VERSION);
        break;
    case CLI_RUN:
        launch_program(options->program, &options->run_options, &failure);
        return main_fail(&failure);
    case CLI_TRACE:
        return main_trace(options);
    default:
        return options->follow ? main_follow(options) : main_report(options);
    }
    return output_flush(stdout, false, &failure) == 0 ? 0 : main_fail(&failure);
}

static void main_say_refused(const struct option_files *files)
{
    for (size_t i = 0; i < files->refused.count; i++)
        fprintf(stderr,
                "leakreport: %s was not read: it is not a regular file, or everybody may write to "
                "it, or it belongs to another user\n",
                files->refused.items[i]);
}

int main(int count, char **arguments)
{
    struct options options;
    struct option_files files;
    struct failure failure;

    memory_set_exhausted(main_say_exhausted);
    option_files_read(&files, count, arguments);
    main_say_refused(&files);
    int status = cli_parse_with(&options, &files, count, arguments, &failure) == 0
                     ? main_run(&options)
                     : main_fail(&failure);
    options_free(&options);
    option_files_free(&files);
    return status;
}
