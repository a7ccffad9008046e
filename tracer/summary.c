#include "summary.h"

#include "frame_cache.h"
#include "message.h"
#include "misuse.h"
#include "trace_log.h"
#include "unwind.h"

static void print_heap(const struct trace_totals *totals)
{
    message_line("");
    message_line("HEAP SUMMARY:");
    message_line("    in use at exit: %u bytes in %u blocks", totals->bytes_allocated - totals->bytes_freed,
                 totals->allocations - totals->frees);
    message_line("  total heap usage: %u allocs, %u frees, %u bytes allocated", totals->allocations, totals->frees + totals->bad_frees,
                 totals->bytes_allocated);
    message_line("");
    if (totals->allocations == totals->frees)
        message_line("All heap blocks were freed -- no leaks are possible");
}

static void print_loss(uint64_t amount, const char *what)
{
    if (amount)
        message_line("libtrace: %u %s", amount, what);
}

static void print_losses(const struct trace_losses *losses)
{
    print_loss(losses->blocks, "blocks could not be recorded");
    print_loss(losses->stacks_unknown, "allocations were recorded without a call stack");
    print_loss(losses->stacks_cut, "call stacks lack their outermost frames");
    print_loss(losses->frees_unknown, "frees were of blocks that were not seen allocated");
    print_loss(losses->modules, "modules could not be recorded");
    print_loss(losses->threads, "threads could not be followed");
}

static void print_mistakes(void)
{
    uint64_t records;
    uint64_t times;
    misuse_count(&records, &times);
    if (records)
        message_line("ERRORS: %u from %u contexts: bad frees were recorded and not passed on, mismatched ones were", times, records);
}

static void print_captures(void)
{
    struct unwind_counts captures;
    struct frame_cache_counts rules;
    unwind_count(&captures);
    frame_cache_count(&rules);
    message_line("stacks: %u frames by SP, %u by BP, %u guessed, %u outermost, %u to be stepped, %u to be walked",
                 rules.rules[FRAME_BY_SP], rules.rules[FRAME_BY_BP], rules.rules[FRAME_GUESSED], rules.rules[FRAME_OUTERMOST],
                 rules.rules[FRAME_STEPPED], rules.rules[FRAME_WALKED]);
    message_line("stacks: %u frames stepped, %u stacks walked; %u compared with libunwind, %u different",
                 captures.frames_stepped, captures.stacks_walked, captures.captures_compared,
                 captures.captures_different);
}

void summary_print(bool verbose)
{
    print_heap(&trace_log_header->totals);
    print_mistakes();
    print_losses(&trace_log_header->losses);
    if (verbose)
        print_captures();
    if (trace_log_path())
        message_line("To see where the blocks were allocated: leakreport %s", trace_log_path());
}
