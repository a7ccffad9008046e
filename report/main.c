/* main: the only room that prints messages and ends the process.
 *
 * Exit status: 0; that of --error-exitcode when there are errors; 2 when the work could not be
 * done, after one line on standard error that says why. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"
#include "group.h"
#include "launch.h"
#include "load.h"
#include "log_reader.h"
#include "memory.h"
#include "program_file.h"
#include "renderer.h"
#include "safe_text.h"
#include "select.h"
#include "symbolize.h"

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

/* A program was named where a log should be: say how to trace it, or why that cannot be. */
static void main_explain_program(const char *path, struct failure *failure)
{
    struct failure why;

    if (program_file_check(path, &why) != 0)
        failure_set(failure, "%s is not a log, and: %s", path, why.text);
    else
        failure_set(
            failure,
            "%s is a program, not a log: trace it with leakreport --run %s%s, then read its "
            "trace.log",
            path, strchr(path, '/') ? "" : "./", path);
}

/* --- output -------------------------------------------------------------- */

static char *main_log_file_name(const char *pattern, unsigned pid)
{
    char *name = memory_text("%s", "");

    for (; *pattern; pattern++) {
        char *longer = pattern[0] == '%' && pattern[1] == 'p' ? memory_text("%s%u", name, pid)
                                                              : memory_text("%s%c", name, *pattern);

        pattern += pattern[0] == '%' && (pattern[1] == 'p' || pattern[1] == '%');
        free(name);
        name = longer;
    }
    return name;
}

static FILE *main_open_output(const struct cli_options *options, const struct model *model,
                              struct failure *failure)
{
    if (!options->log_file)
        return stdout;
    char *name = main_log_file_name(options->log_file, model->header.pid);
    FILE *out = fopen(name, "we");
    if (!out)
        failure_set(failure, "--log-file: %s cannot be written: %s", name, strerror(errno));
    free(name);
    return out;
}

static int main_close_output(FILE *out, struct failure *failure)
{
    bool bad = ferror(out) != 0;

    if ((out == stdout ? fflush(out) : fclose(out)) != 0 || bad)
        return failure_set(failure, "the report could not be written: %s", strerror(errno));
    return 0;
}

/* --- the report ---------------------------------------------------------- */

static void main_note_options(const struct cli_options *options, struct model *model)
{
    for (size_t i = 0; i < options->ignored.count; i++)
        model_add_note(model, memory_text("%s is ignored: it means nothing to a reader of logs.",
                                          options->ignored.items[i]));
    if (options->heuristics != CLI_HEURISTICS_ALL && model->has_verdicts)
        model_add_note(model, memory_text("--leak-check-heuristics is ignored: the leak check was "
                                          "made when the program ended; set it in "
                                          "LIBTRACE_OPTIONS."));
}

static int main_write_report(const struct cli_options *options, const struct model *model,
                             const struct loss_records *records, const struct selection *selection,
                             struct failure *failure)
{
    struct report report = {
        .options = options, .model = model, .records = records, .selection = selection};
    FILE *out = main_open_output(options, model, failure);

    if (!out)
        return -1;
    render_text.render(out, &report);
    return main_close_output(out, failure);
}

static int main_report_model(const struct cli_options *options, struct model *model)
{
    static const uint32_t compared[] = {2, 4, UINT32_MAX};
    struct loss_records records;
    struct selection selection;
    struct failure failure;
    int status = EXIT_TROUBLE;
    struct symbolizer *symbolizer = symbolize_begin(model, options->demangle);

    main_note_options(options, model);
    group_blocks(&records, model, compared[options->leak_resolution]);
    if (select_records(&selection, options, model, &records, symbolizer, &failure) == 0) {
        symbolize_note(symbolizer);
        if (main_write_report(options, model, &records, &selection, &failure) == 0)
            status = selection.errors ? (int)options->error_exitcode : 0;
        select_free(&selection);
    }
    if (status == EXIT_TROUBLE)
        main_fail(&failure);
    group_free(&records);
    symbolize_end(symbolizer);
    return status;
}

static int main_report(const struct cli_options *options)
{
    static struct log_reader reader;
    struct failure failure;
    struct model model;
    enum log_likeness likeness;

    if (log_reader_open(&reader, options->log_path, &likeness, &failure) != 0) {
        if (likeness == LOG_IS_ELF)
            main_explain_program(options->log_path, &failure);
        return main_fail(&failure);
    }
    log_file_catch_shrinking(&reader.file);
    if (!options->enable_debuginfod)
        unsetenv("DEBUGINFOD_URLS");
    model_init(&model, options->log_path);
    load_log(&reader, options->num_callers, &model);
    log_reader_close(&reader);
    int status = main_report_model(options, &model);
    model_free(&model);
    return status;
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
    return main_close_output(stdout, &failure) == 0 ? 0 : main_fail(&failure);
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
