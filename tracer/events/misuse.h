/* misuse: what the program did wrong with its blocks, into the log at once.
 *
 * Bad frees are not passed on to the allocator, so the program survives them; mismatched ones are.
 * The same mistake (kind and call stacks) is one record with a count. Slow on purpose: it runs for
 * mistakes only. */
#ifndef MISUSE_H
#define MISUSE_H

#include "tables/block_table.h"
#include "tables/thread.h"

/* How the program gives a block back. */
struct misuse_free {
    enum trace_family family;
    bool size_given;      /* sized delete, free_sized */
    bool alignment_given; /* aligned delete, free_aligned_sized */
    size_t size;
    size_t alignment;
};

/* Whether what is freed, which is no live block, is one that glibc gave out past the tracer (a
 * library opened with RTLD_DEEPBIND has done so): then the free is right. */
bool misuse_is_unseen_block(const struct thread *thread, uint64_t address, uint32_t stack);
/* A free or realloc of something that is no live block. `stack` is the bad call's. */
void misuse_bad_free(struct thread *thread, uint64_t address, uint32_t stack);
/* A free that does not fit its block, which was taken out already. */
void misuse_check_free(const struct block *block, const struct misuse_free *how, uint32_t stack);

/* Whether misuse_check_free would find anything: cheap, for every free. */
static inline bool misuse_fits(const struct block *block, const struct misuse_free *how)
{
    return block->family == how->family && (!how->size_given || how->size == block->size) &&
           (!how->alignment_given ? block->alignment_log2 == 0 || how->family == TRACE_BY_MALLOC
                                  : how->alignment == 1ull << block->alignment_log2);
}

/* Another mistake, as it is described. The same (kind, stacks and so on) is counted in one record.
 */
void misuse_add(struct trace_error *error);

/* The live block that holds `address`. Looks at all of them. */
bool misuse_find_block(uint64_t address, struct block *block);

/* Mistakes so far: records, and all their counts together. */
void misuse_count(uint64_t *records, uint64_t *times);

#endif
