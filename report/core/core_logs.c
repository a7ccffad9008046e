#include "core/core_logs.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/memory.h"
#include "base/program_file.h"
#include "cli/temporary_folder.h"
#include "core/core_alone.h"
#include "core/core_log.h"
#include "core/frozen.h"

static char *folder; /* NULL: no log was made */

/* NULL: it could not be made. */
static char *core_make(const struct options *options, size_t i, struct failure *failure)
{
    const char *log = i < options->logs.count ? options->logs.items[i] : NULL;
    char *made = folder ? memory_text("%s/core.%zu.log", folder, i) : NULL;
    bool is_core = !log || program_file_is_core(log);
    int result = !made     ? -1
                 : is_core ? core_alone_make_of_file(log ? log : options->core, options->heuristics,
                                                     made, failure)
                           : core_log_make(log, options->core, options->heuristics, made, failure);

    if (result == 0)
        return made;
    free(made);
    return NULL;
}

static int core_refuse_two(const char *log, struct failure *failure)
{
    return failure_set(failure,
                       "%s is a core file, and --core names another: name the log of the "
                       "process beside it",
                       log);
}

int core_logs_make(struct options *options, struct failure *failure)
{
    size_t count = options->logs.count ? options->logs.count : 1;

    for (size_t i = 0; i < count; i++) {
        bool is_core = i < options->logs.count && program_file_is_core(options->logs.items[i]);

        if (!options->core && !is_core)
            continue;
        if (options->core && is_core)
            return core_refuse_two(options->logs.items[i], failure);
        if (!folder)
            folder = temporary_folder_make(failure);
        char *made = core_make(options, i, failure);
        if (!made)
            return -1;
        if (i < options->logs.count)
            options->logs.items[i] = made;
        else
            option_list_add(&options->logs, made);
        options->logs_are_temporary = true;
    }
    return 0;
}

/* --- a running process ------------------------------------------------------ */

bool core_logs_is_unprepared(const char *word, int *pid)
{
    size_t digits = strspn(word, "0123456789");
    char *line = NULL, *path = NULL;
    size_t size = 0;
    bool is_traced = false;

    if (!digits || digits > 9 || word[digits])
        return false;
    *pid = atoi(word);
    path = memory_text("/proc/%d/maps", *pid);
    FILE *file = fopen(path, "re");
    free(path);
    if (!file)
        return false;
    while (!is_traced && getline(&line, &size, file) > 0)
        is_traced = strstr(line, "/libtrace.so") != NULL;
    bool any = line != NULL && *line;
    free(line);
    fclose(file);
    return any && !is_traced;
}

/* A thread may have stood in the midst of malloc: then the heap does not hold together. */
char *core_logs_check(int pid, unsigned heuristics, struct failure *failure)
{
    enum { TRIES = 5 };
    int result = -1;
    char *made = NULL;

    if (!folder && !(folder = temporary_folder_make(failure)))
        return NULL;
    for (unsigned i = 0; i < TRIES && result != 0; i++) {
        struct image image;
        struct failure at_end;
        char *name = memory_text("process %d", pid);
        struct timespec now;

        free(made);
        made = memory_text("%s/%d.%u.log", folder, pid, i);
        clock_gettime(CLOCK_REALTIME, &now);
        if (frozen_make(&image, pid, failure) != 0) {
            free(name);
            break;
        }
        result = core_alone_make(&image, name,
                                 (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec,
                                 heuristics, made, failure);
        if (frozen_end(&image, &at_end) != 0) {
            *failure = at_end;
            result = -1;
            i = TRIES;
        }
        free(name);
    }
    if (result == 0)
        return made;
    free(made);
    return NULL;
}

void core_logs_remove(void)
{
    if (folder)
        temporary_folder_remove();
    free(folder);
    folder = NULL;
}
