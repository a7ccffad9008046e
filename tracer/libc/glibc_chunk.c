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

/* How this glibc marks what is freed, learnt from two blocks. Each block on a thread's cache has a
 * word: since 2.34 one for the whole process, drawn at its start; before, the address of the cache,
 * where its lists begin `lists` bytes on. Since 2.32 links are mangled with where they stand. */
struct marks {
    uint64_t word; /* 0: there is no such cache */
    uint64_t lists;
    bool is_plain;
};

static uint64_t find_lists(struct memory_reader *reader, uint64_t cache, uint64_t latest)
{
    static const uint64_t places[] = {64, 128}; /* behind 64 counts of one byte, or two */
    uint64_t first;
    for (unsigned i = 0; i < 2; i++)
        if (cache % 16 == 0 && read_at(reader, cache + places[i], &first, sizeof first) &&
            first == latest)
            return places[i];
    return 0;
}

static struct marks learn(struct memory_reader *reader)
{
    volatile uint64_t *older = real_found.malloc(3 * sizeof *older);
    volatile uint64_t *latest = real_found.malloc(3 * sizeof *latest);
    struct marks marks = {0};
    if (older && latest)
        latest[0] = latest[1] = 0;
    real_found.free((void *)older);
    real_found.free((void *)latest);
    if (older && latest) {
        marks.word = latest[1];
        marks.is_plain = latest[0] == (uintptr_t)older;
        marks.lists = find_lists(reader, marks.word, (uintptr_t)latest);
    }
    return marks;
}

static struct marks known_marks(struct memory_reader *reader)
{
    static struct marks known;
    static atomic_bool is_known;
    if (atomic_load_explicit(&is_known, memory_order_acquire)) /* now `known` may be read */
        return known;
    struct marks marks = learn(reader);
    static atomic_flag is_taken = ATOMIC_FLAG_INIT;
    if (!atomic_flag_test_and_set_explicit(&is_taken, memory_order_relaxed)) {
        known = marks;
        atomic_store_explicit(&is_known, true, memory_order_release);
    }
    return marks;
}

static uint64_t follow(const struct marks *marks, uint64_t link, uint64_t stands_at)
{
    return marks->is_plain ? link : link ^ stands_at >> 12;
}

#define CACHE_SIZES 64u
#define CACHED_MAX  128u /* seven, unless a tunable says more */

static bool is_on_list(struct memory_reader *reader, const struct marks *marks, uint64_t address,
                       const struct chunk *chunk)
{
    uint64_t size_index = glibc_chunk_size(chunk->size_and_flags) / 16 - 2;
    uint64_t block, link;
    if (size_index >= CACHE_SIZES || chunk->mark % 16 != 0 ||
        !read_at(reader, chunk->mark + marks->lists + 8 * size_index, &block, sizeof block))
        return false;
    for (unsigned i = 0; block && i < CACHED_MAX; i++) {
        if (block == address)
            return true;
        if (block % 16 != 0 || !read_at(reader, block, &link, sizeof link))
            return false;
        block = follow(marks, link, block);
    }
    return false;
}

static bool is_cached(struct memory_reader *reader, const struct marks *marks, uint64_t address,
                      const struct chunk *chunk)
{
    if (!chunk->mark || !marks->word)
        return false;
    return marks->lists ? is_on_list(reader, marks, address, chunk) : chunk->mark == marks->word;
}

/* A fast bin's link leads to a chunk of the same size, or nowhere. A block that was on the thread's
 * cache has a link left, too, until it is written to; but that leads to a block, not to a chunk. A
 * plain link to nowhere is a 0, which a block in use has, too. */
static enum glibc_chunk_state judge_link(struct memory_reader *reader, const struct marks *marks,
                                         uint64_t address, const struct chunk *chunk)
{
    uint64_t next = follow(marks, chunk->link, address);
    uint64_t words[2];
    if (glibc_chunk_size(chunk->size_and_flags) > FAST_MAX)
        return GLIBC_CHUNK_USED;
    if (next == 0)
        return marks->is_plain || (chunk->mark == 0 && marks->word) ? GLIBC_CHUNK_UNCERTAIN
                                                                    : GLIBC_CHUNK_NONE;
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
    const struct marks marks = known_marks(reader);
    if (is_cached(reader, &marks, address, chunk))
        return GLIBC_CHUNK_NONE;
    return judge_link(reader, &marks, address, chunk);
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
