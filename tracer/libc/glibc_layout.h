/* glibc_layout: how glibc's malloc lays memory out, as far as the tracer reads its marks.
 *
 * A chunk is what malloc cuts memory into: a header of two words, of which the first belongs to the
 * chunk before while that is in use, and the block. Sizes are multiples of 16, so the lowest bits
 * of the second word are flags. A chunk with a mapping of its own (IS_MMAPPED) has in the first
 * word how far behind the mapping's begin it lies, and flags there too (huge pages, since 2.43);
 * its size reaches to the mapping's end, or (since 2.43) to 16 bytes before it.
 *
 * None of this is promised. So it is held against blocks of the tracer's own before it is used, and
 * where it is found otherwise malloc counts as an allocator of which nothing is known. */
#ifndef GLIBC_LAYOUT_H
#define GLIBC_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
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

/* The functions that are looked at. */
struct glibc_layout_malloc {
    void *(*malloc)(size_t size);
    void (*free)(void *block);
    size_t (*malloc_usable_size)(void *block);
};
/* For when malloc is glibc's: takes two small blocks and gives them back. Whether they are as said
 * above. Called once, at the start. */
bool glibc_layout_verify(const struct glibc_layout_malloc *libc);
/* What was found then; false too where malloc is not glibc's. */
bool glibc_layout_is_known(void);
/* The same for a block with a mapping of its own, when first one is met that the tracer has not
 * seen allocated: at each start it would be two system calls. */
bool glibc_layout_mapped_holds(const struct glibc_layout_malloc *libc);
/* Something was found otherwise. */
bool glibc_layout_is_doubtful(void);

struct glibc_mapped_chunk {
    uint64_t begin, end; /* of the mapping */
};
/* Whether the two words of a chunk are those of one with a mapping of its own. Of whatever release:
 * the pages are whole with one of the two sizes only. */
bool glibc_layout_mapped(uint64_t chunk, const uint64_t words[2],
                         struct glibc_mapped_chunk *mapped);

#endif
