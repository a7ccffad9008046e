#include "views/callgrind/xtree.h"
#include <stdlib.h>
#include "base/memory.h"

static void xtree_begin(FILE *out)
{
    fputs("# callgrind format\nversion: 1\ncreator: leakreport-xtree-1\n", out);
}

/* --- leaks --------------------------------------------------------------- */

/* What is found, how much more that is than what the check before found, and how much less. There
 * is no check before the one at the end. */
enum { XTREE_LEAK_KINDS = 9, XTREE_LEAKS = 3 * XTREE_LEAK_KINDS };
#define XTREE_KINDS(prefix, word)                                                                  \
    X(prefix "RB", word "Reachable Bytes")                                                         \
    X(prefix "PB", word "Possibly lost Bytes")                                                     \
    X(prefix "IB", word "Indirectly lost Bytes")                                                   \
    X(prefix "DB", word "Definitely lost Bytes (direct plus indirect)")                            \
    X(prefix "DIB", word "Definitely Indirectly lost Bytes (subset of DB)")                        \
    X(prefix "RBk", word "reachable Blocks")                                                       \
    X(prefix "PBk", word "Possibly lost Blocks")                                                   \
    X(prefix "IBk", word "Indirectly lost Blocks")                                                 \
    X(prefix "DBk", word "Definitely lost Blocks")
#define XTREE_ALL XTREE_KINDS("", "") XTREE_KINDS("i", "increase ") XTREE_KINDS("d", "decrease ")

#define X(name, words) name,
static const char *const xtree_leak_names[XTREE_LEAKS] = {XTREE_ALL};
#undef X
#define X(name, words) words,
static const char *const xtree_leak_words[XTREE_LEAKS] = {XTREE_ALL};
#undef X

/* The place of a kind's bytes; its blocks are five places on. */
static int xtree_kind(const struct loss_record *record)
{
    switch (record->kind) {
    case BLOCK_REACHABLE:
        return 0;
    case BLOCK_POSSIBLY_LOST:
        return 1;
    case BLOCK_INDIRECTLY_LOST:
        return 2;
    case BLOCK_DEFINITELY_LOST:
        return 3;
    default:
        return -1;
    }
}

static void xtree_add(uint64_t **stacks, const struct loss_record *record)
{
    struct loss_figures figures = group_figures(record);
    int kind = xtree_kind(record);

    if (kind < 0 || record->suppressed)
        return;
    stacks[kind][record->stack] += figures.bytes;
    stacks[kind + 5][record->stack] += figures.blocks;
    if (record->kind == BLOCK_DEFINITELY_LOST)
        stacks[4][record->stack] += figures.indirect;
}

void xtree_leak(FILE *out, const struct report *report)
{
    uint32_t count = model_stack_count(report->model);
    uint64_t *stacks[XTREE_LEAKS] = {NULL};

    for (unsigned i = 0; i < XTREE_LEAK_KINDS; i++)
        stacks[i] = stacks[XTREE_LEAK_KINDS + i] = memory_zeroed(count, sizeof **stacks);
    for (uint32_t i = 0; i < report->records->count; i++)
        xtree_add(stacks, &report->records->records[i]);
    xtree_begin(out);
    callgrind_graph(out, report,
                    &(struct callgrind_events){XTREE_LEAKS, xtree_leak_names, xtree_leak_words,
                                               stacks, -1, false, true});
    for (unsigned i = 0; i < XTREE_LEAK_KINDS; i++)
        free(stacks[i]);
}

/* --- memory -------------------------------------------------------------- */

enum { XTREE_CURRENT = 2, XTREE_MEMORY = 6 };
static const char *const xtree_memory_names[XTREE_MEMORY] = {"curB",  "curBk",  "totB",
                                                             "totBk", "totFdB", "totFdBk"};
static const char *const xtree_memory_words[XTREE_MEMORY] = {
    "currently allocated Bytes", "currently allocated Blocks", "total allocated Bytes",
    "total allocated Blocks",    "total Freed Bytes",          "total Freed Blocks"};

/* 0 instead of less: a damaged log. */
static uint64_t xtree_rest(uint64_t all, uint64_t freed)
{
    return all > freed ? all - freed : 0;
}

void xtree_memory(FILE *out, const struct report *report)
{
    const struct usage *usage = report->model->usage;
    uint32_t count = model_stack_count(report->model);
    bool full = report->options->xtree_memory == CLI_XTREE_FULL;
    uint64_t *stacks[XTREE_MEMORY];

    for (unsigned i = 0; i < XTREE_MEMORY; i++)
        stacks[i] = memory_zeroed(count, sizeof **stacks);
    for (uint32_t i = 0; usage && i < count && i < usage->stack_count; i++) {
        const struct stack_use *use = &usage->stacks[i];

        stacks[0][i] = xtree_rest(use->bytes_allocated, use->bytes_freed);
        stacks[1][i] = xtree_rest(use->allocations, use->frees);
        stacks[2][i] = use->bytes_allocated;
        stacks[3][i] = use->allocations;
        stacks[4][i] = use->bytes_freed;
        stacks[5][i] = use->frees;
    }
    xtree_begin(out);
    callgrind_graph(out, report,
                    &(struct callgrind_events){full ? XTREE_MEMORY : XTREE_CURRENT,
                                               xtree_memory_names, xtree_memory_words, stacks, -1,
                                               true, true});
    for (unsigned i = 0; i < XTREE_MEMORY; i++)
        free(stacks[i]);
}
