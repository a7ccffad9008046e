#include "libc/glibc_chunk.h"

#include "libc/glibc_layout.h"
#include "libc/real.h"
#include "os/memory_read.h"
#include "os/sys.h"

#include <stdatomic.h>
#include <stdbool.h>

#define FAST_MAX 176u /* the greatest chunk that fast bins can be told to hold */

/* What stands before the block, and the block's own first words: in a freed one the link to the
 * next of its list and the mark of the thread cache. */
struct chunk {
    uint64_t prev_size;
    uint64_t size_and_flags;
    uint64_t link;
    uint64_t mark;
};

static bool read_at(struct memory_reader *reader, uint64_t address, void *words, size_t length)
{
    return memory_read(reader, address, words, length) == length;
}

/* --- freed, but marked as used ------------------------------------------- */

/* The word that glibc writes into every block on a thread's cache: one for the whole process, drawn
 * at its start. 0: there is no such cache. */
static uint64_t cache_mark(void)
{
    static _Atomic uint64_t known = 1; /* 1: not asked yet */
    uint64_t mark = atomic_load_explicit(&known, memory_order_relaxed);
    if (mark != 1)
        return mark;
    volatile uint64_t *block = real.malloc(3 * sizeof *block);
    if (!block)
        return 0;
    block[1] = 0;
    real.free((void *)block);
    mark = block[1];
    atomic_store_explicit(&known, mark, memory_order_relaxed);
    return mark;
}

/* A fast bin's link is mangled with the address that it stands at, and leads to a chunk of the same
 * size, or nowhere. A block that was on the thread's cache has a link left, too, until it is
 * written to; but that leads to a block, not to a chunk. */
static enum glibc_chunk_state judge_link(struct memory_reader *reader, uint64_t address,
                                         const struct chunk *chunk)
{
    uint64_t next = chunk->link ^ address >> 12;
    uint64_t words[2];
    if (glibc_chunk_size(chunk->size_and_flags) > FAST_MAX)
        return GLIBC_CHUNK_USED;
    if (next == 0)
        return chunk->mark == 0 && cache_mark() ? GLIBC_CHUNK_UNCERTAIN : GLIBC_CHUNK_NONE;
    return next % 16 == 0 && read_at(reader, next, words, sizeof words) &&
                   glibc_chunk_size(words[1]) == glibc_chunk_size(chunk->size_and_flags)
               ? GLIBC_CHUNK_NONE
               : GLIBC_CHUNK_USED;
}

/* --- used ---------------------------------------------------------------- */

static bool mapped_chunks_are_known(void)
{
    static atomic_int known = -1; /* not asked yet */
    const struct glibc_layout_malloc libc = {real_found.malloc, real_found.free,
                                             real_found.malloc_usable_size};
    int found = atomic_load_explicit(&known, memory_order_relaxed);
    if (found < 0)
        atomic_store_explicit(&known, found = glibc_layout_mapped_holds(&libc),
                              memory_order_relaxed);
    return found;
}

/* It has whole pages of its own. */
static bool is_mmapped(struct memory_reader *reader, uint64_t address, const struct chunk *chunk)
{
    const uint64_t words[2] = {chunk->prev_size, chunk->size_and_flags};
    struct glibc_mapped_chunk mapped;
    char first, last;
    return glibc_layout_mapped(address - GLIBC_CHUNK_HEADER, words, &mapped) &&
           read_at(reader, mapped.begin, &first, 1) && read_at(reader, mapped.end - 1, &last, 1);
}

static enum glibc_chunk_state judge_mmapped(struct memory_reader *reader, uint64_t address,
                                            const struct chunk *chunk)
{
    if (!mapped_chunks_are_known())
        return GLIBC_CHUNK_UNCERTAIN;
    return is_mmapped(reader, address, chunk) ? GLIBC_CHUNK_USED : GLIBC_CHUNK_NONE;
}

static bool is_in_its_heap(struct memory_reader *reader, uint64_t address, uint64_t size)
{
    struct glibc_heap_info heap;
    uint64_t begin = address & ~(GLIBC_HEAP_SPAN - 1);
    return read_at(reader, begin, &heap, sizeof heap) && heap.size % SYS_PAGE == 0 &&
           heap.size <= GLIBC_HEAP_SPAN && heap.arena && heap.arena % 16 == 0 &&
           address - GLIBC_CHUNK_HEADER + size < begin + heap.size;
}

/* The chunk behind says that this one is used. */
static bool is_followed_by_a_chunk(struct memory_reader *reader, uint64_t address, uint64_t size)
{
    uint64_t words[2];
    return read_at(reader, address - GLIBC_CHUNK_HEADER + size, words, sizeof words) &&
           words[1] & GLIBC_PREV_INUSE && !(words[1] & GLIBC_IS_MMAPPED) &&
           glibc_chunk_size(words[1]) % 16 == 0 && glibc_chunk_size(words[1]) >= GLIBC_FENCE &&
           glibc_chunk_size(words[1]) < 1ull << 47;
}

static enum glibc_chunk_state judge_in_arena(struct memory_reader *reader, uint64_t address,
                                             const struct chunk *chunk)
{
    uint64_t size = glibc_chunk_size(chunk->size_and_flags);
    if (chunk->size_and_flags & GLIBC_NON_MAIN_ARENA && !is_in_its_heap(reader, address, size))
        return GLIBC_CHUNK_NONE;
    if (!is_followed_by_a_chunk(reader, address, size))
        return GLIBC_CHUNK_NONE;
    if (chunk->mark && chunk->mark == cache_mark())
        return GLIBC_CHUNK_NONE;
    return judge_link(reader, address, chunk);
}

static enum glibc_chunk_state judge(struct memory_reader *reader, uint64_t address)
{
    struct chunk chunk;
    if (!read_at(reader, address - GLIBC_CHUNK_HEADER, &chunk, sizeof chunk))
        return GLIBC_CHUNK_NONE;
    uint64_t size = glibc_chunk_size(chunk.size_and_flags);
    if (size < GLIBC_CHUNK_MIN || size % 16 != 0 || size >= 1ull << 47)
        return GLIBC_CHUNK_NONE;
    if (chunk.size_and_flags & GLIBC_IS_MMAPPED)
        return judge_mmapped(reader, address, &chunk);
    return judge_in_arena(reader, address, &chunk);
}

enum glibc_chunk_state glibc_chunk_state(uint64_t address)
{
    struct memory_reader reader;
    if (address % 16 != 0 || address < SYS_PAGE || memory_read_open(&reader) != 0)
        return GLIBC_CHUNK_NONE;
    enum glibc_chunk_state state = judge(&reader, address);
    memory_read_close(&reader);
    return state;
}
