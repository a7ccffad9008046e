#include "life/lifecycle_fork.h"

#include "stop/stop_world.h"
#include "events/mapped.h"
#include "events/pools.h"
#include "life/facts.h"
#include "life/forked.h"
#include "life/lifecycle.h"
#include "life/lifecycle_check.h"
#include "life/lifecycle_end.h"
#include "life/lifecycle_snapshot.h"
#include "log/trace_log.h"
#include "log/trace_log_loss.h"
#include "os/memory_map.h"
#include "os/message.h"

#include <stddef.h>

/* libc's own, behind pthread_atfork. */
int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void), void *file);

/* A child that does not exec must not hold its parent's files open (a reader of a pipe would wait).
 */
static void leave_in_child(void)
{
    if (tracing_is_on())
        return;
    trace_log_forget();
    message_forget();
    memory_map_forked();
}

/* What the parent was about to do, exec for one, this process is not. */
static void begin_in_child(void)
{
    struct trace_header *header = trace_log_header;
    facts_note_identity();
    memory_map_forked();
    header->flags |= TRACE_FLAG_CHILD;
    header->ending = TRACE_RUNNING;
    header->end_realtime_ns = 0;
    header->became = (struct trace_string){0};
    header->snapshot = (struct trace_snapshot){.signal = header->snapshot.signal};
    lifecycle_publish_log();
    tracing_set(true);
}

void lifecycle_before_fork(void)
{
    if (lifecycle_options()->trace_forks && lifecycle_is_own_process() && !lifecycle_is_ending() &&
        !trace_log_loss_is_there()) {
        lifecycle_check_suspend();
        forked_prepare();
    }
}

void lifecycle_forked_in_parent(void)
{
    forked_in_parent();
    lifecycle_check_resume();
}

/* With the end under way in another thread, which is not here, there is nothing to go on with. */
void lifecycle_forked_in_child(void)
{
    const struct env_options *options = lifecycle_options();
    stop_world_forked();
    pools_forked();
    mapped_forked();
    lifecycle_check_forked();
    lifecycle_snapshot_forked();
    if (options->trace_forks && !lifecycle_is_ending() && forked_in_child(options))
        begin_in_child();
    else
        leave_in_child();
    forked_done();
}

/* Registered before the program's own handlers: the first of ours runs last, and the others first.
 * By no file: libc takes those of a file out when its destructors run, and a fork that is under way
 * in another thread then would have had its first handler and never the second. */
void lifecycle_watch_forks(void)
{
    __register_atfork(lifecycle_before_fork, lifecycle_forked_in_parent, lifecycle_forked_in_child,
                      NULL);
}
