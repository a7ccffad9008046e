#include "cli/launch.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/program_file.h"

/* Beside leakreport, as in a build folder, or where make install puts it. */
static char *launch_find_tracer(struct failure *failure)
{
    static const char *const candidates[] = {"libtrace.so", "../lib/leakreport/libtrace.so"};
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

    self[length > 0 ? length : 0] = 0;
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = 0;
    for (size_t i = 0; slash && i < 2; i++) {
        char *path = memory_text("%s/%s", self, candidates[i]);
        char *whole = realpath(path, NULL);

        free(path);
        if (whole)
            return whole;
    }
    failure_set(failure,
                "libtrace.so is neither beside leakreport (%s) nor in ../lib/leakreport: "
                "install both, or set LD_PRELOAD by hand",
                self);
    return NULL;
}

/* In front of what is preloaded already. The loader splits the list at blanks and colons, and puts
 * directories in for $ORIGIN, $LIB and $PLATFORM. */
static int launch_set_preload(const char *tracer, struct failure *failure)
{
    const char *others = getenv("LD_PRELOAD");

    if (tracer[strcspn(tracer, ": \t\n$")])
        return failure_set(failure,
                           "%s has a space, a colon or a dollar sign in its path, which LD_PRELOAD "
                           "cannot express: move it",
                           tracer);
    char *list = memory_text("%s%s%s", tracer, others && *others ? ":" : "", others ? others : "");
    setenv("LD_PRELOAD", list, 1);
    free(list);
    return 0;
}

/* The tracer splits at blanks outside of quotes, single or double; it knows no backslash. So all
 * stands in double quotes, but a double quote in single ones. */
static char *launch_add_quoted(char *text, const char *option)
{
    size_t length = strlen(text);

    text = memory_resized(text, length + 5 * strlen(option) + 4, 1);
    char *end = text + length;
    if (length)
        *end++ = ' ';
    *end++ = '"';
    for (; *option; option++) {
        if (*option == '"')
            end = stpcpy(end, "\"'\"'\"");
        else
            *end++ = *option;
    }
    stpcpy(end, "\"");
    return text;
}

static void launch_set_options(const struct option_list *options)
{
    const char *given = getenv("LIBTRACE_OPTIONS");
    char *text = memory_text("%s", given ? given : "");

    for (size_t i = 0; i < options->count; i++)
        text = launch_add_quoted(text, options->items[i]);
    if (*text)
        setenv("LIBTRACE_OPTIONS", text, 1);
    free(text);
}

int launch_program(char **program, const struct option_list *tracer_options,
                   struct failure *failure)
{
    char path[PATH_MAX];

    if (program_file_find(program[0], path, failure) != 0 || program_file_check(path, failure) != 0)
        return -1;
    char *tracer = launch_find_tracer(failure);
    if (!tracer || launch_set_preload(tracer, failure) != 0) {
        free(tracer);
        return -1;
    }
    free(tracer);
    launch_set_options(tracer_options);
    execvp(program[0], program);
    failure_set(failure, "%s cannot be run: %s", program[0], strerror(errno));
    failure->status = errno == ENOENT ? PROGRAM_NOT_FOUND : PROGRAM_NOT_RUN;
    return -1;
}
