#include "judge/verdict.h"
#include "base/memory.h"

bool verdict_all_freed(const struct model *model)
{
    return model->block_count == 0 && model->bytes_in_use == 0 &&
           (model->process == PROCESS_ENDED || model->process == PROCESS_WENT_ON);
}

struct no_check verdict_no_check(const struct model *model)
{
    uint64_t obstacle = model->header.check.obstacle;

    if (model->kinds_forgotten)
        return (struct no_check){.kind = NO_CHECK_COMPARED};
    if (model->process == PROCESS_RUNNING || model->process == PROCESS_UNSEEN ||
        (model->process == PROCESS_GONE && model->is_copy))
        return (struct no_check){.kind = NO_CHECK_YET};
    if (model->header.check.scan == TRACE_SCAN_RUNNING)
        return (struct no_check){.kind = NO_CHECK_INTERRUPTED};
    if (model->process == PROCESS_GONE)
        return (struct no_check){.kind = NO_CHECK_ENDED_BEFORE};
    if (model->header.ending == TRACE_EXECED)
        return (struct no_check){.kind = NO_CHECK_EXECED};
    if (trace_obstacle_text(obstacle))
        return (struct no_check){.kind = NO_CHECK_OBSTACLE, .obstacle = obstacle};
    return (struct no_check){.kind = NO_CHECK_IN_LOG};
}

static bool verdict_leaks_count(const struct options *options)
{
    return options->leak_check == CLI_CHECK_FULL && options->error_kinds;
}

static struct doubt verdict_doubt_of_exec(const struct model *model, bool followed)
{
    struct doubt doubt = {.kind = followed ? DOUBT_NONE : DOUBT_EXECED,
                          .unfollowed = model->header.unfollowed};

    if (!followed && model->became)
        doubt.became = memory_text("%s", model->became);
    return doubt;
}

struct doubt verdict_doubt(const struct options *options, const struct model *model, bool followed)
{
    bool ended = model->process == PROCESS_ENDED, is_whole = model->process == PROCESS_WENT_ON;

    /* There is more to come that this log, or this copy of it, does not have. */
    if (!ended && !is_whole && model->is_copy)
        return (struct doubt){.kind = DOUBT_COPY};
    if (model->process == PROCESS_RUNNING)
        return (struct doubt){.kind = DOUBT_RUNNING};
    if (model->process == PROCESS_UNSEEN)
        return (struct doubt){.kind = DOUBT_UNSEEN};
    if (model->has_gaps)
        return (struct doubt){.kind = DOUBT_GAPS};
    if ((model->header.flags & TRACE_FLAG_BYPASSED) && !model->totals.allocations)
        return (struct doubt){.kind = DOUBT_BYPASSED};
    if (ended && model->header.ending == TRACE_EXECED)
        return verdict_doubt_of_exec(model, followed);
    if (model->has_verdicts || verdict_all_freed(model) || !verdict_leaks_count(options))
        return (struct doubt){.kind = DOUBT_NONE};
    return (struct doubt){.kind = DOUBT_NO_CHECK, .no_check = verdict_no_check(model)};
}
