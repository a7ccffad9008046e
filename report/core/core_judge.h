/* core_judge.h: the leak check of a process that does not change any more: each block's kind.
 *
 * The rules are the tracer's own rooms (reach, heuristic, roots, glibc_heap, thread_stacks,
 * reach_cycle), which know no process but through what they are given: here an image. So there is
 * one truth of what is reachable, whoever asks. What is missing are libc's caches: nobody frees
 * them in a core, and what they hold is reachable. */
#ifndef CORE_JUDGE_H
#define CORE_JUDGE_H

#include <stdbool.h>
#include "base/failure.h"
#include "check/reach.h"
#include "core/image.h"

/* What is to be judged, and what is known of it beside the image. */
struct core_blocks {
    struct trace_block *blocks; /* by address; wholes and their parts, as the log has them */
    size_t count;
    const struct trace_rare *large; /* sizes that do not fit into a block, by address */
    size_t large_count;
    const void *context;
    /* Whether it is in use without a pointer; NULL: none is. */
    bool (*in_use)(const void *context, const struct trace_block *block);
    /* The lower the older; NULL: nobody knows. */
    uint32_t (*age)(const void *context, const struct trace_block *block);
    bool other_allocator;
    uint64_t tracer; /* where libtrace.so is mapped; 0: it is not */
};

struct core_judged {
    struct reach reach; /* finished */
    void *scratch;
    bool has_main_arena; /* glibc's malloc was found */
};

/* 0, or -1 with `failure` filled. What is left of the blocks in case->blocks is what was judged. */
int core_judge(struct core_judged *judged, const struct image *image, struct core_blocks *blocks,
               unsigned heuristics, struct failure *failure);
void core_judge_free(struct core_judged *judged);
/* The size of a block of these. */
uint64_t core_blocks_size(const struct core_blocks *blocks, const struct trace_block *block);

#endif
