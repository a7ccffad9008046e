#include "life/invariants.h"

#include "log/trace_log.h"
#include "log/trace_log_loss.h"
#include "os/message.h"
#include "os/swap.h"
#include "os/sys.h"
#include "tables/block_table.h"
#include "tables/freed_blocks.h"
#include "tables/module_list.h"
#include "tables/recount.h"
#include "tables/stack_table.h"
#include "tables/usage.h"

#include <signal.h>

/* --- what may be under way ------------------------------------------------- */

struct moment {
    bool is_still; /* no thread stands inside the tables */
    bool is_quiet; /* and no event can be under way at all */
    bool is_alone; /* and there never was another thread */
};

static bool is_tracers(uint64_t address)
{
    static uint64_t begin, end;
    if (!end && !module_list_range((uintptr_t)invariants_hold, &begin, &end))
        return true;
    return address - begin < end - begin;
}

/* A handler of the program's may lie above an event, or have left it. 32 and 33 are libc's own. */
static bool has_handlers(void)
{
    struct sys_sigaction action;
    for (int signal = 1; signal < NSIG; signal++) {
        if (signal == 32 || signal == 33 || signal == SIGKILL || signal == SIGSTOP)
            continue;
        if (sys_sigaction(signal, NULL, &action) != 0)
            return true;
        uintptr_t handler = (uintptr_t)action.handler.simple;
        if (handler != (uintptr_t)SIG_DFL && handler != (uintptr_t)SIG_IGN && !is_tracers(handler))
            return true;
    }
    return false;
}

static bool are_all_outside(const struct stopped_world *world, const struct stopped_thread *here)
{
    bool is_known = !world->silent && (!world->unlisted || swap_is_alone());
    if (!is_known || is_tracers(here->instruction))
        return false;
    for (size_t i = 0; i < world->count; i++)
        if (is_tracers(world->threads[i].instruction))
            return false;
    for (const struct thread *thread = thread_first(); thread; thread = thread->next)
        if (thread->busy || thread->was_left)
            return false;
    return true;
}

static struct moment look(const struct stopped_world *world, const struct stopped_thread *here)
{
    const struct trace_header *header = trace_log_header;
    struct moment now = {.is_still = are_all_outside(world, here)};
    /* Another thread may be inside of libc's realloc, and its block in no table. */
    now.is_quiet =
        now.is_still && world->count == 0 && !header->losses.fork_threads && !has_handlers();
    now.is_alone = now.is_quiet && swap_is_alone() && !(header->flags & TRACE_FLAG_CHILD);
    return now;
}

/* --- the equations --------------------------------------------------------- */

static bool complain(const char *what, int64_t a, int64_t b)
{
    message_line("libtrace: the tracer's tables do not agree: %s: %d and %d", what, a, b);
    return false;
}

static bool equations_hold(const struct moment *now)
{
    struct recount count;
    bool good = true;
    recount_take(&count);
    if (!recount_blocks_agree(&count))
        good = complain("blocks of all accounts, and in the table", (int64_t)count.account_blocks,
                        (int64_t)count.blocks);
    if (!recount_bytes_agree(&count))
        good = complain("bytes of all accounts, and of the blocks in the table",
                        (int64_t)count.account_bytes, (int64_t)count.bytes);
    if (thread_live_blocks() != count.blocks)
        good = complain("blocks that the threads have counted, and in the table",
                        (int64_t)thread_live_blocks(), (int64_t)count.blocks);
    if (usage_peak->live_bytes != (int64_t)count.account_bytes)
        good = complain("bytes in use, and of all accounts", usage_peak->live_bytes,
                        (int64_t)count.account_bytes);
    if (now->is_alone && count.account_bytes_at_peak != usage_peak->bytes)
        good = complain("the stacks' shares of the peak, and the peak", count.account_bytes_at_peak,
                        usage_peak->bytes);
    return good;
}

/* --- all ------------------------------------------------------------------- */

static bool check(const struct moment *now)
{
    bool good = true;
    if (block_table_check() < 0)
        good = complain("a block stands where no search finds it, or its slot is no slot", -1, 0);
    if (stack_table_check() < 0)
        good = complain("a node of a call stack is not found among its parent's children", -1, 0);
    if (!freed_blocks_check())
        good = complain("a block that was freed has an account that there is not", -1, 0);
    if (good && now->is_quiet)
        good = equations_hold(now);
    return good;
}

bool invariants_hold(const struct stopped_world *world, const struct stopped_thread *here)
{
    struct moment now = look(world, here);
    /* A log that was made shorter meanwhile is full of zeros. */
    return !now.is_still || check(&now) || trace_log_loss_is_there();
}
