#include "cli/traced_run.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/text_buffer.h"
#include "cli/launch.h"
#include "cli/supervise.h"
#include "cli/temporary_folder.h"

/* --- where the logs are -------------------------------------------------- */

/* The name that --trace-file gives; NULL: none. The last one counts. */
static const char *traced_run_name(const struct options *options)
{
    static const char option[] = "--trace-file=";
    const char *name = NULL;

    for (size_t i = 0; i < options->run_options.count; i++)
        if (strncmp(options->run_options.items[i], option, sizeof option - 1) == 0)
            name = options->run_options.items[i] + sizeof option - 1;
    return name;
}

static int traced_run_make_folder(struct traced_run *run, struct failure *failure)
{
    run->folder = temporary_folder_make(failure);
    run->is_temporary = run->folder != NULL;
    return run->is_temporary ? 0 : -1;
}

/* As the tracer expands it, up to the last slash. %q{VAR} is the only other format, and the tracer
 * has refused what it does not know. */
static void traced_run_add_format(struct text_buffer *path, const char **at, pid_t pid)
{
    const char *end = (*at)[1] == 'q' ? strchr(*at, '}') : NULL;

    if (end) {
        char *variable = memory_text("%.*s", (int)(end - *at) - 3, *at + 3);
        const char *value = getenv(variable);

        text_buffer_add(path, value ? value : "");
        free(variable);
        *at = end;
    } else if ((*at)[1]) {
        text_buffer_format(path, (*at)[1] == 'p' ? "%d" : (*at)[1] == 'n' ? "1" : "%%", (int)pid);
        ++*at;
    }
}

static char *traced_run_folder_of(const char *name, pid_t pid)
{
    struct text_buffer path = {0};

    text_buffer_clear(&path);
    if (*name != '/')
        text_buffer_add(&path, "./");
    for (const char *at = name; *at; at++) {
        if (*at == '%')
            traced_run_add_format(&path, &at, pid);
        else
            text_buffer_format(&path, "%c", *at);
    }
    *strrchr(path.text, '/') = 0;
    return path.text;
}

/* --- the run ------------------------------------------------------------- */

struct traced_run_program {
    const struct options *options;
    struct option_list tracer_options;
    char *trace_file;
};

/* A folder may have a percent sign in its name. */
static char *traced_run_trace_file(const struct traced_run *run)
{
    struct text_buffer option = {0};

    text_buffer_add(&option, "--trace-file=");
    for (const char *at = run->folder; *at; at++)
        text_buffer_format(&option, *at == '%' ? "%%%%" : "%c", *at);
    text_buffer_add(&option, "/%p.log");
    return option.text;
}

/* The report has all that the summary has. */
static void traced_run_prepare(struct traced_run_program *program, const struct traced_run *run,
                               const struct options *options)
{
    *program = (struct traced_run_program){.options = options};
    option_list_add(&program->tracer_options, "-q");
    if (options->leak_check == CLI_CHECK_NO)
        option_list_add(&program->tracer_options, "--leak-check=no");
    for (size_t i = 0; i < options->run_options.count; i++)
        option_list_add(&program->tracer_options, options->run_options.items[i]);
    if (run->is_temporary) {
        program->trace_file = traced_run_trace_file(run);
        option_list_add(&program->tracer_options, program->trace_file);
    }
}

static void traced_run_become(void *context, struct failure *failure)
{
    struct traced_run_program *program = context;

    launch_program(program->options->program, &program->tracer_options, failure);
}

static void traced_run_find_logs(struct traced_run *run)
{
    DIR *folder = opendir(run->folder);
    struct dirent *entry;

    while (folder && (entry = readdir(folder)) != NULL)
        if (entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN)
            option_list_add(&run->logs, memory_text("%s/%s", run->folder, entry->d_name));
    if (folder)
        closedir(folder);
}

int traced_run(struct traced_run *run, const struct options *options, int kept,
               struct folder_watch *watch, struct failure *failure)
{
    struct traced_run_program program;
    const char *name = traced_run_name(options);
    struct timespec now;

    *run = (struct traced_run){0};
    if (!name && traced_run_make_folder(run, failure) != 0)
        return -1;
    clock_gettime(CLOCK_REALTIME, &now);
    run->begun_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    traced_run_prepare(&program, run, options);
    watch->folder = watch->written && run->is_temporary ? run->folder : NULL;
    if (watch->folder)
        option_list_add(&program.tracer_options, "--errors-live=yes");
    int result =
        supervise(traced_run_become, &program, kept, watch, &run->pid, &run->wait_status, failure);
    free(program.tracer_options.items);
    free(program.trace_file);
    if (result != 0)
        return -1;
    if (name)
        run->folder = traced_run_folder_of(name, run->pid);
    traced_run_find_logs(run);
    return 0;
}

void traced_run_end(struct traced_run *run)
{
    if (run->is_temporary)
        temporary_folder_remove();
    for (size_t i = 0; i < run->logs.count; i++)
        free((char *)run->logs.items[i]);
    free(run->logs.items);
    free(run->folder);
}
