/* glibc_layout: how glibc's malloc lays memory out, as far as the tracer reads its marks.
 *
 * A chunk is what malloc cuts memory into: a header of two words, of which the first belongs to the
 * chunk before while that is in use, and the block. Sizes are multiples of 16, so the lowest bits
 * of the second word are flags. */
#ifndef GLIBC_LAYOUT_H
#define GLIBC_LAYOUT_H

#include <stdint.h>

#define GLIBC_CHUNK_HEADER   16u /* a chunk begins so many bytes before the block in it */
#define GLIBC_CHUNK_MIN      32u
#define GLIBC_FENCE          16u /* the size of the chunks that close a run before foreign memory */
#define GLIBC_PREV_INUSE     1u
#define GLIBC_IS_MMAPPED     2u
#define GLIBC_NON_MAIN_ARENA 4u
#define GLIBC_FLAGS          7u
#define GLIBC_HEAP_SPAN                                                                            \
    (64ull << 20) /* HEAP_MAX_SIZE: a heap of another arena lies at such a boundary */

/* What stands at the boundary. */
struct glibc_heap_info {
    uint64_t arena;
    uint64_t previous; /* the arena's heap before this one */
    uint64_t size;
    uint64_t accessible; /* that many bytes are not PROT_NONE */
};

static inline uint64_t glibc_chunk_size(uint64_t size_and_flags)
{
    return size_and_flags & ~(uint64_t)GLIBC_FLAGS;
}

#endif
