#include "life/summary.h"

#include "capture/frame_cache.h"
#include "capture/unwind.h"
#include "events/heap_abort.h"
#include "events/misuse.h"
#include "guard/guarded_malloc.h"
#include "log/trace_log.h"
#include "log/trace_log_earlier.h"
#include "os/message.h"

#include <string.h>

static void print_heap(const struct trace_totals *totals)
{
    message_line("");
    message_line("HEAP SUMMARY:");
    message_line("    in use at exit: %u bytes in %u blocks",
                 totals->bytes_allocated - totals->bytes_freed,
                 totals->allocations - totals->frees);
    message_line("  total heap usage: %u allocs, %u frees, %u bytes allocated", totals->allocations,
                 totals->frees + totals->bad_frees, totals->bytes_allocated);
    message_line("");
    if (trace_log_header->flags & TRACE_FLAG_BYPASSED)
        message_line(totals->allocations
                         ? "libtrace: another malloc comes before the tracer's: what follows "
                           "counts only what that one takes from the next malloc"
                         : "libtrace: the program has a malloc of its own, which the tracer does "
                           "not see");
    if (trace_log_header->flags & TRACE_FLAG_PAST_TRACER)
        message_line("libtrace: a library allocates past the tracer (RTLD_DEEPBIND, dlmopen or "
                     "__libc_malloc): those blocks are not seen");
    if (totals->allocations == totals->frees && trace_log_header->sample_bytes == 0 &&
        (totals->allocations || !(trace_log_header->flags & TRACE_FLAG_BYPASSED)))
        message_line("All heap blocks were freed -- no leaks are possible");
}

static void print_estimate(const struct trace_header *header)
{
    uint64_t in_use = header->totals.bytes_allocated - header->totals.bytes_freed;
    message_line("libtrace: figures are estimates from a sample of one byte in %u: the bytes in "
                 "use are right to within %u (one standard error)",
                 header->sample_bytes, trace_sample_error(header->sample_bytes, in_use));
}

static void print_kind(const char *name, const struct trace_leaks *leaks, enum trace_leak_kind kind)
{
    message_line("%s: %u bytes in %u blocks", name, leaks->bytes[kind], leaks->blocks[kind]);
}

static void print_heuristics(const struct trace_leaks *leaks)
{
#define NAME(heuristic, name) [heuristic] = name,
    static const char *const names[TRACE_HEURISTICS_COUNT] = {TRACE_HEURISTICS(NAME)};
    static const char blanks[] = "                   "; /* as wide as the longest name */
    bool said = false;
    for (unsigned i = 1; i < TRACE_HEURISTICS_COUNT; i++) {
        if (!leaks->heuristic_blocks[i])
            continue;
        if (!said)
            message_line("                      of which reachable via heuristic:");
        said = true;
        message_line("                        %s%s: %u bytes in %u blocks", names[i],
                     strlen(names[i]) < sizeof blanks ? blanks + strlen(names[i]) : "",
                     leaks->heuristic_bytes[i], leaks->heuristic_blocks[i]);
    }
}

static void print_kinds(const struct trace_leaks *leaks)
{
    print_kind("   definitely lost", leaks, TRACE_DEFINITELY_LOST);
    print_kind("   indirectly lost", leaks, TRACE_INDIRECTLY_LOST);
    print_kind("     possibly lost", leaks, TRACE_POSSIBLY_LOST);
    print_kind("   still reachable", leaks, TRACE_REACHABLE);
    print_heuristics(leaks);
}

void summary_print_check(const struct trace_check *check)
{
    message_line("");
    message_line("LEAK CHECK %u, asked for by the program:", (uint64_t)check->number);
    print_kinds(&check->leaks);
    message_line(
        "    lost since the last check: %u bytes in %u blocks",
        check->fresh_bytes[TRACE_DEFINITELY_LOST] + check->fresh_bytes[TRACE_INDIRECTLY_LOST],
        check->fresh_blocks[TRACE_DEFINITELY_LOST] + check->fresh_blocks[TRACE_INDIRECTLY_LOST]);
    message_line("");
}

static void print_leaks(const struct trace_header *header)
{
    if (header->totals.allocations == header->totals.frees)
        return;
    if (header->check.scan != TRACE_SCAN_DONE && header->check.scan != TRACE_SCAN_IN_PLACE) {
        const char *why = trace_obstacle_text(header->check.obstacle);
        message_line("Leak kinds are not known: no leak check was made%s%s", why ? ": " : "",
                     why ? why : "");
        return;
    }
    message_line("LEAK SUMMARY:");
    print_kinds(&header->check.leaks);
    message_line("        suppressed: 0 bytes in 0 blocks");
    message_line("");
}

static void print_loss(uint64_t amount, const char *what)
{
    if (amount)
        message_line("libtrace: %u %s", amount, what);
}

static void print_losses(const struct trace_header *header)
{
#define LOSS(name, counter, gap, sentence) print_loss(header->counter, sentence);
    TRACE_LOSSES(LOSS)
    const char *why = trace_obstacle_text(header->check.not_held);
    if (why)
        message_line("libtrace: the other threads could not be stopped at the end: %s", why);
}

static void copy_line(char line[HEAP_ABORT_TEXT + 1], const char *text)
{
    unsigned length = 0;
    for (; length < HEAP_ABORT_TEXT && text[length] && text[length] != '\n'; length++)
        line[length] = text[length];
    line[length] = 0;
}

static void print_abort(void)
{
    const char *text;
    const struct trace_error *error = heap_abort_recorded(&text);
    char line[HEAP_ABORT_TEXT + 1];
    if (!error)
        return;
    copy_line(line, text ? text : "");
    message_line("libtrace: glibc's malloc %s%s", text ? "ended the program: " : "has crashed",
                 line);
    if (error->given >> 8)
        message_line("libtrace: a block of %u bytes was overrun by at least %u bytes",
                     error->block_size, error->given >> 8);
    else if (error->block)
        message_line("libtrace: malloc's marks %s a block of %u bytes were overwritten",
                     error->address < error->block ? "in front of" : "in", error->block_size);
}

static void print_mistakes(void)
{
    uint64_t records;
    uint64_t times;
    misuse_count(&records, &times);
    if (records)
        message_line("ERRORS: %u from %u contexts: bad frees were recorded but not carried out; "
                     "%s carried out",
                     times, records,
                     guarded_malloc_is_on() ? "all else was" : "mismatched ones were");
}

static void print_captures(void)
{
    struct unwind_counts captures;
    struct frame_cache_counts rules;
    unwind_count(&captures);
    frame_cache_count(&rules);
    message_line("stacks: %u frames by SP, %u by BP, %u guessed, %u outermost, %u to be stepped, "
                 "%u to be walked",
                 rules.rules[FRAME_BY_SP], rules.rules[FRAME_BY_BP], rules.rules[FRAME_GUESSED],
                 rules.rules[FRAME_OUTERMOST], rules.rules[FRAME_STEPPED],
                 rules.rules[FRAME_WALKED]);
    message_line(
        "stacks: %u frames stepped, %u stacks walked; %u compared with libunwind, %u different",
        captures.frames_stepped, captures.stacks_walked, captures.captures_compared,
        captures.captures_different);
}

static void print_earlier(void)
{
    const struct trace_earlier *record;
    for (unsigned i = 0; (record = trace_log_earlier_at(i)); i++) {
        char command[TRACE_EARLIER_COMMAND + 1] = "";
        for (unsigned k = 0; k < TRACE_EARLIER_COMMAND && k + 1 < record->length; k++)
            command[k] = record->command[k] ? record->command[k] : ' ';
        message_line("libtrace: before an exec this process was: %s (%u allocs, %u frees, %u bytes "
                     "allocated)",
                     command, record->totals.allocations,
                     record->totals.frees + record->totals.bad_frees,
                     record->totals.bytes_allocated);
    }
}

void summary_print(bool verbose)
{
    print_earlier();
    print_heap(&trace_log_header->totals);
    if (trace_log_header->sample_bytes)
        print_estimate(trace_log_header);
    print_leaks(trace_log_header);
    print_mistakes();
    print_abort();
    print_losses(trace_log_header);
    if (verbose)
        print_captures();
    if (trace_log_is_in_place())
        message_line("To see where the blocks were allocated: leakreport %s", trace_log_path());
}
