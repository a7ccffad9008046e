#include "read/losses.h"
#include <stddef.h>
#include "base/memory.h"
#include "base/number_text.h"

/* "%s" is the number. */
static const struct loss {
    size_t offset;
    const char *sentence;
    void (*add)(struct model *model, char *text);
} losses_table[] = {
#define LOSS(counter, sentence)                                                                    \
    {                                                                                              \
        offsetof(struct trace_losses, counter), sentence, model_add_note                           \
    }
/* What is lost there may be lost blocks, or errors. */
#define GAP(counter, sentence)                                                                     \
    {                                                                                              \
        offsetof(struct trace_losses, counter), sentence, model_add_gap                            \
    }
    GAP(blocks, "%s allocations did not fit into the log: they are in the totals, but in no "
                "record."),
    GAP(block_bytes, "%s bytes were in those allocations."),
    LOSS(stacks_unknown, "%s allocations were recorded without a call stack."),
    LOSS(stacks_cut, "%s call stacks are cut: their outermost frames are missing."),
    LOSS(frees_unknown, "%s frees were of blocks that the tracer had not seen allocated: they were "
                        "done, and are not in the totals."),
    LOSS(modules, "%s modules did not fit into the log: their frames have no names."),
    LOSS(threads, "%s threads did not fit into the log."),
    GAP(errors, "%s errors of the program did not fit into the log."),
    LOSS(ranges_not_excluded, "%s pieces of the tracer's own memory were searched by the leak "
                              "check, because its list of them is full: a lost block may count "
                              "as reachable."),
    LOSS(threads_not_stopped, "%s threads did not stop for the leak check: their stacks were "
                              "scanned whole and their registers are unknown, so a lost block may "
                              "count as reachable."),
    LOSS(mapping_bytes_not_read, "%s bytes of memory could not be read by the leak check: a block "
                                 "that only they point to counts as lost."),
    LOSS(fork_threads, "%s threads of the parent were at work in the heap while this process was "
                       "forked: single blocks may be missing or listed though they are not "
                       "there."),
    LOSS(fork_failed, "%s leak checks had to run inside the program, because a process of "
                      "their own could not be made or did not finish."),
#undef LOSS
#undef GAP
};

static void losses_note_flags(struct model *model)
{
    uint32_t flags = model->header.flags;

    if (flags & TRACE_FLAG_INCOMPLETE)
        model_add_gap(model, memory_text("The log is incomplete: it could not grow (the disk was "
                                         "full?), so records are missing."));
    if (flags & TRACE_FLAG_OTHER_ALLOCATOR)
        model_add_note(model, memory_text("The program's malloc is not glibc's: what lies on that "
                                          "allocator's free lists may make blocks look "
                                          "reachable."));
    if (flags & TRACE_FLAG_BYPASSED)
        model_add_note(model,
                       memory_text("The program has a malloc of its own, or one is preloaded, "
                                   "which comes before the tracer's: %s.",
                                   model->totals.allocations
                                       ? "only what it takes from the next malloc is seen"
                                       : "what it allocates is not seen"));
    if (model->header.scan == TRACE_SCAN_IN_PLACE)
        model_add_note(model, memory_text("The leak check was made without freeing libc's own "
                                          "caches first: they are among the blocks."));
}

/* What was assumed of GLib is no loss, but what is said of its blocks depends on it. */
static void losses_note_glib(struct model *model)
{
    const struct trace_glib *glib = &model->header.glib;

    if (glib->libraries)
        model_add_note(model, memory_text("GLib was told that valgrind is there: what it cuts from "
                                          "slices comes from malloc, and each object with private "
                                          "data is two blocks (--glib=no turns it off)."));
    if (glib->refused)
        model_add_note(model, memory_text("%u of GLib's libraries could not be told that valgrind "
                                          "is there (their code may not be changed here): blocks "
                                          "in slices are not seen, and its objects may look "
                                          "possibly lost.",
                                          glib->refused));
}

static void losses_note_threads(struct model *model)
{
    const char *obstacle = trace_obstacle_text(model->header.losses.not_held);

    if (obstacle)
        model_add_note(model, memory_text("Other threads could not be stopped at the end (%s): the "
                                          "figures may be of different moments.",
                                          obstacle));
}

void losses_note(struct model *model)
{
    const char *counters = (const char *)&model->header.losses;

    for (size_t i = 0; i < sizeof losses_table / sizeof *losses_table; i++) {
        uint64_t number = *(const uint64_t *)(counters + losses_table[i].offset);

        if (number) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            losses_table[i].add(model,
                                memory_text(losses_table[i].sentence, number_text(number).text));
#pragma GCC diagnostic pop
        }
    }
    losses_note_threads(model);
    losses_note_flags(model);
    losses_note_glib(model);
}
