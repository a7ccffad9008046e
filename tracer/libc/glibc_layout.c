#include "libc/glibc_layout.h"

#include "os/sys.h"

#include <stdatomic.h>

#define SMALL 24u
#define MORE  200u
/* Larger than what malloc's threshold for mapping can come to: so the block has a mapping of its
 * own, and its free does not move that threshold. */
#define LARGE (33u << 20)

static bool is_known;
static atomic_bool is_doubtful;

static uint64_t head_of(const void *block)
{
    return ((const uint64_t *)block)[-1];
}

static bool note(bool holds)
{
    if (!holds)
        atomic_store_explicit(&is_doubtful, true, memory_order_relaxed);
    return holds;
}

bool glibc_layout_is_known(void)
{
    return is_known;
}

bool glibc_layout_is_doubtful(void)
{
    return atomic_load_explicit(&is_doubtful, memory_order_relaxed);
}

/* --- chunks of an arena -------------------------------------------------- */

/* The size is what glibc itself goes by, and the chunk behind knows that this one is used. */
static bool is_as_known(const struct glibc_layout_malloc *libc, char *block, size_t asked)
{
    uint64_t size = (asked + 8 + 15) / 16 * 16, head = head_of(block);
    return (uintptr_t)block % 16 == 0 && glibc_chunk_size(head) == size &&
           !(head & GLIBC_IS_MMAPPED) && libc->malloc_usable_size(block) == size - 8 &&
           head_of(block + size) & GLIBC_PREV_INUSE;
}

static bool holds_for(const struct glibc_layout_malloc *libc, size_t asked)
{
    char *block = libc->malloc(asked);
    bool holds = block && is_as_known(libc, block, asked);
    libc->free(block);
    return holds;
}

bool glibc_layout_verify(const struct glibc_layout_malloc *libc)
{
    is_known = note(holds_for(libc, SMALL) && holds_for(libc, MORE));
    return is_known;
}

/* --- chunks with a mapping of their own ---------------------------------- */

static bool is_mapped(uint64_t chunk, const uint64_t words[2], uint64_t tail,
                      struct glibc_mapped_chunk *mapped)
{
    uint64_t before = words[0] & ~(uint64_t)GLIBC_FLAGS;
    mapped->begin = chunk - before;
    mapped->end = chunk + glibc_chunk_size(words[1]) + tail;
    return (words[1] & GLIBC_FLAGS) == GLIBC_IS_MMAPPED && before <= chunk &&
           mapped->begin % SYS_PAGE == 0 && mapped->end % SYS_PAGE == 0 &&
           mapped->end > chunk + GLIBC_CHUNK_HEADER;
}

bool glibc_layout_mapped(uint64_t chunk, const uint64_t words[2], struct glibc_mapped_chunk *mapped)
{
    return is_mapped(chunk, words, 0, mapped) ||
           is_mapped(chunk, words, GLIBC_CHUNK_HEADER, mapped);
}

/* Where there is no memory for it, or the program has forbidden such mappings (mallopt), there is
 * nothing to be seen. */
bool glibc_layout_mapped_holds(const struct glibc_layout_malloc *libc)
{
    struct glibc_mapped_chunk mapped;
    uint64_t *block = libc->malloc(LARGE);
    uint64_t chunk = (uintptr_t)block - GLIBC_CHUNK_HEADER;
    bool is_one = block && (uintptr_t)block % SYS_PAGE == GLIBC_CHUNK_HEADER;
    bool holds = !is_one || (glibc_layout_mapped(chunk, block - 2, &mapped) &&
                             mapped.begin == chunk && mapped.end - chunk >= LARGE);
    libc->free(block);
    return note(holds);
}
