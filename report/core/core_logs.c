#include "core/core_logs.h"
#include <stdlib.h>
#include "base/memory.h"
#include "base/program_file.h"
#include "cli/temporary_folder.h"
#include "core/core_alone.h"
#include "core/core_log.h"

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

void core_logs_remove(void)
{
    if (folder)
        temporary_folder_remove();
    free(folder);
    folder = NULL;
}
