/* fuzz_options.c: any bytes as leakreport's command line, and as LIBTRACE_OPTIONS and LD_PRELOAD of
 * a traced program.
 *
 * The input is a list of texts, each ended by NUL: the first two are the variables, the others the
 * arguments. Beyond crashes it looks for broken promises: a refusal without a sentence, a refusal
 * of one spelling that depends on what was parsed before, a log's name that is not absolute, a
 * variable that the program still sees. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli/cli.h"
#include "life/env_preload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARGUMENTS_MAX = 64 };
extern char **environ;

static void broken(const char *promise)
{
    fprintf(stderr, "broken promise: %s\n", promise);
    abort();
}

/* --- leakreport ---------------------------------------------------------- */

static bool same_options(const struct options *a, const struct options *b)
{
    return a->mode == b->mode && a->logs.count == b->logs.count && a->show_kinds == b->show_kinds &&
           a->error_kinds == b->error_kinds && a->error_exitcode == b->error_exitcode &&
           a->num_callers == b->num_callers && a->suppressions.count == b->suppressions.count;
}

static void parse_arguments(int count, char **arguments)
{
    struct options options, again;
    struct failure failure = {.text = ""}, failure_again = {.text = ""};
    int result = cli_parse(&options, count, arguments, &failure);

    if (result != 0 && result != -1)
        broken("cli_parse returns 0 or -1");
    if ((result == 0) != (failure.text[0] == 0))
        broken("a refusal has a sentence, and nothing else has");
    if (cli_parse(&again, count, arguments, &failure_again) != result ||
        strcmp(failure.text, failure_again.text) != 0 || !same_options(&options, &again))
        broken("the same arguments mean the same");
    if (result == 0 && options.mode == CLI_REPORT && (!options.logs.count || !options.num_callers))
        broken("a report has a log and at least one frame");
    if (result == 0 && (options.num_callers > 500 || options.error_exitcode > 255 ||
                        options.show_kinds > 15 || options.error_kinds > 15))
        broken("what is accepted is in range");
    options_free(&options);
    options_free(&again);
}

/* --- the tracer ---------------------------------------------------------- */

static char *assignment(const char *name, const char *value)
{
    char *text = malloc(strlen(name) + strlen(value) + 2);

    if (!text)
        abort();
    sprintf(text, "%s=%s", name, value);
    return text;
}

static bool is_there(const char *name)
{
    for (char **entry = environ; *entry; entry++)
        if (strncmp(*entry, name, strlen(name)) == 0 && (*entry)[strlen(name)] == '=')
            return true;
    return false;
}

static void take_environment(const char *options_text, const char *preload)
{
    static struct env_options options;
    char problem[256] = "";
    char *set[] = {(char *)"HOME=/home/somebody", assignment("LIBTRACE_OPTIONS", options_text),
                   assignment("LD_PRELOAD", preload), (char *)"LONG_ONE=yes", NULL};
    char *owned[2] = {set[1], set[2]}, **kept = environ;

    environ = set;
    int result = env_take_options(&options, problem, sizeof problem);
    if (result == 0 &&
        (options.trace_file[0] != '/' || (options.log_file[0] && options.log_file[0] != '/')))
        broken("names are absolute");
    if (result != 0 && (problem[0] == 0 || memchr(problem, 0, sizeof problem) == NULL))
        broken("a bad option has a sentence");
    if (options.heuristics & ~0x1eu)
        broken("there are four heuristics");
    if (is_there("LIBTRACE_OPTIONS") != options.trace_children || !is_there("HOME") ||
        !is_there("LONG_ONE"))
        broken("the program sees its own environment");
    env_preload_hide("/opt/libtrace.so", &options);
    for (char **entry = environ; *entry; entry++)
        if (!options.trace_children && strcmp(*entry, "LD_PRELOAD=/opt/libtrace.so") == 0)
            broken("the program does not see the tracer");
    environ = kept;
    free(owned[0]);
    free(owned[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = calloc(size + 3, 1), *arguments[ARGUMENTS_MAX + 1] = {NULL};
    int count = 0;

    if (!text)
        abort();
    if (size)
        memcpy(text, data, size);
    const char *preload = text + strlen(text) + 1;
    if ((size_t)(preload - text) > size)
        preload = text + size + 1;
    take_environment(text, preload);
    arguments[count++] = (char *)"leakreport";
    for (char *next = (char *)preload + strlen(preload) + 1;
         next < text + size && count < ARGUMENTS_MAX; next += strlen(next) + 1)
        arguments[count++] = next;
    parse_arguments(count, arguments);
    free(text);
    return 0;
}
