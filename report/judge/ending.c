#include "judge/ending.h"
#include <signal.h>
#include "base/signal_name.h"

static enum ending_kind ending_unsaid(const struct model *model)
{
    bool runs = model->process == PROCESS_RUNNING;

    if (model->process == PROCESS_WENT_ON)
        return ENDING_SNAPSHOT;
    if (model->is_copy)
        return runs ? ENDING_RUNNING_COPY : ENDING_COPY;
    return runs                             ? ENDING_RUNNING
           : model->process == PROCESS_GONE ? ENDING_UNRECORDED
                                            : ENDING_UNSEEN;
}

static enum ending_kind ending_said(uint32_t ending)
{
    switch (ending) {
    case TRACE_RETURNED:
        return ENDING_RETURNED;
    case TRACE_EXITED_FAST:
        return ENDING_EXITED_FAST;
    case TRACE_QUICK_EXITED:
        return ENDING_QUICK_EXITED;
    case TRACE_SIGNALED:
        return ENDING_SIGNALED;
    case TRACE_EXECED:
        return ENDING_EXECED;
    default:
        return ENDING_UNKNOWN;
    }
}

/* A general protection fault (SI_KERNEL) has no address. */
static bool ending_has_address(int signal, int code)
{
    bool fault = signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE;

    return fault && code > 0 && code != SI_KERNEL;
}

struct ending ending_of(const struct model *model)
{
    struct ending ending = {.value = model->header.ending_value};

    if (model->process != PROCESS_ENDED) {
        ending.kind = ending_unsaid(model);
        return ending;
    }
    ending.kind = ending_said(model->header.ending);
    if (ending.kind == ENDING_SIGNALED) {
        ending.signal = signal_name(ending.value);
        ending.code = model->header.signal.code;
        ending.has_address = ending_has_address(ending.value, ending.code);
        ending.address = model->header.signal.address;
    } else if (ending.kind == ENDING_UNKNOWN) {
        ending.value = (int)model->header.ending;
    }
    return ending;
}

enum moment ending_moment(const struct model *model)
{
    if (model->process == PROCESS_WENT_ON)
        return MOMENT_CHECKED;
    if (model->process != PROCESS_ENDED && model->is_copy)
        return MOMENT_COPIED;
    return model->process == PROCESS_RUNNING  ? MOMENT_NOW
           : model->process == PROCESS_GONE   ? MOMENT_ENDED
           : model->process == PROCESS_UNSEEN ? MOMENT_LAST_SEEN
                                              : MOMENT_EXIT;
}
