#include "judge/verdict.h"
#include <stdlib.h>
#include "base/memory.h"

bool verdict_all_freed(const struct model *model)
{
    return model->block_count == 0 && model->bytes_in_use == 0 && model->process == PROCESS_ENDED;
}

static const char *verdict_not_reached(const struct model *model)
{
    if (model->process == PROCESS_RUNNING || model->process == PROCESS_UNSEEN ||
        (model->process == PROCESS_GONE && model->is_copy))
        return "the leak check is made when the process ends";
    if (model->header.scan == TRACE_SCAN_RUNNING)
        return "the leak check was interrupted";
    if (model->process == PROCESS_GONE)
        return "the process ended before a leak check could be made";
    if (model->header.ending == TRACE_EXECED)
        return "no leak check is made when a process becomes another program";
    return NULL;
}

char *verdict_no_check(const struct model *model)
{
    const char *not_reached = verdict_not_reached(model);
    const char *obstacle = trace_obstacle_text(model->header.losses.not_scanned);

    if (not_reached)
        return memory_text("%s", not_reached);
    return obstacle ? memory_text("no leak check was made: %s", obstacle)
                    : memory_text("the log holds no leak check");
}

/* Whether there is more to come that this log, or this copy of it, does not have. */
static const char *verdict_unfinished(const struct model *model)
{
    if (model->process == PROCESS_ENDED)
        return NULL;
    if (model->is_copy)
        return "this copy of the log was made before the log said how the process ended; read the "
               "log itself";
    if (model->process == PROCESS_RUNNING)
        return "the process is still running; read the log when it has ended";
    if (model->process == PROCESS_UNSEEN)
        return "whether the process has ended cannot be seen from here; read the log where it ran";
    return NULL;
}

static bool verdict_leaks_count(const struct options *options)
{
    return options->leak_check == CLI_CHECK_FULL && options->error_kinds;
}

static char *verdict_doubt_of_exec(const struct model *model)
{
    const char *became = model->became ? model->became : "another program";
    const char *why = trace_unfollowed_text(model->header.unfollowed);

    return why ? memory_text("the process became %s, which is not traced: %s", became, why)
               : memory_text("the process became %s, and no log of that is named; name all logs",
                             became);
}

char *verdict_doubt(const struct options *options, const struct model *model, bool followed)
{
    const char *unfinished = verdict_unfinished(model);

    if (unfinished)
        return memory_text("%s", unfinished);
    if (model->has_gaps)
        return memory_text("records are missing in the log (its notes say which); trace the "
                           "program again");
    if ((model->header.flags & TRACE_FLAG_BYPASSED) && !model->totals.allocations)
        return memory_text("the program has a malloc of its own, which the tracer does not see");
    if (model->process == PROCESS_ENDED && model->header.ending == TRACE_EXECED)
        return followed ? NULL : verdict_doubt_of_exec(model);
    if (model->has_verdicts || verdict_all_freed(model) || !verdict_leaks_count(options))
        return NULL;
    char *why = verdict_no_check(model);
    char *doubt = memory_text("%s; --errors-for-leak-kinds=none counts bad frees alone", why);
    free(why);
    return doubt;
}
