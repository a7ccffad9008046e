#include "core/freed_chunks.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "libc/glibc_layout.h"

enum { LISTS_MAX = 76, FASTBINS = 10, LIST_MAX = 1 << 20, SMALL_LISTS = 64 };

static void freed_put(struct freed_chunks *freed, uint64_t chunk)
{
    memory_reserve(freed->chunks, freed->count, freed->capacity);
    freed->chunks[freed->count++] = chunk;
}

static uint64_t freed_size_of(const struct freed_chunks *freed, uint64_t block)
{
    uint64_t word;

    return block % 16 == 0 && image_read_exactly(freed->image, block - 8, &word, sizeof word)
               ? glibc_chunk_size(word)
               : 0;
}

/* The block behind it in its list; masked or not, of which the one that makes sense is right. */
static uint64_t freed_next(const struct freed_chunks *freed, uint64_t block, uint64_t at)
{
    uint64_t word;

    if (!image_read_exactly(freed->image, at, &word, sizeof word))
        return 0;
    uint64_t unmasked = word ^ at >> 12;
    if (unmasked == 0 || freed_size_of(freed, unmasked) == freed_size_of(freed, block))
        return unmasked;
    return freed_size_of(freed, word) == freed_size_of(freed, block) ? word : 0;
}

/* --- caches ---------------------------------------------------------------- */

struct freed_cache {
    unsigned lists, count_size;
};

static bool freed_form_of(uint64_t size, struct freed_cache *form)
{
    static const struct freed_cache forms[] = {{64, 1}, {64, 2}, {76, 2}};

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (size == ((forms[i].lists * (forms[i].count_size + 8ul) + 8 + 15) & ~15ul)) {
            *form = forms[i];
            return true;
        }
    return false;
}

static unsigned freed_count_at(const unsigned char *bytes, const struct freed_cache *form,
                               unsigned i)
{
    return form->count_size == 1 ? bytes[i] : bytes[2 * i] | (unsigned)bytes[2 * i + 1] << 8;
}

/* Every list has a block of its size, or none. In the newest form counts are what there is still
 * room for, and the larger lists are of several sizes. */
static bool freed_is_cache(const struct freed_chunks *freed, const unsigned char *bytes,
                           const struct freed_cache *form, const uint64_t *entries, bool is_first)
{
    unsigned filled = is_first;

    for (unsigned i = 0; i < form->lists; i++) {
        unsigned count = freed_count_at(bytes, form, i);
        uint64_t size = entries[i] ? freed_size_of(freed, entries[i]) : 0;

        if (entries[i] && (i < SMALL_LISTS ? size != 32 + 16ull * i : size < 32))
            return false;
        if (form->lists == SMALL_LISTS && (count == 0) != (entries[i] == 0))
            return false;
        filled += entries[i] != 0;
    }
    return filled > 0;
}

static void freed_take_list(struct freed_chunks *freed, uint64_t block)
{
    for (unsigned i = 0; block && i < LIST_MAX; i++) {
        freed_put(freed, block - GLIBC_CHUNK_HEADER);
        block = freed_next(freed, block, block);
    }
}

void freed_chunks_look_at(struct freed_chunks *freed, uint64_t chunk, uint64_t size, bool is_first)
{
    unsigned char bytes[LISTS_MAX * 10];
    uint64_t entries[LISTS_MAX];
    struct freed_cache form;

    if (!freed_form_of(size, &form) ||
        !image_read_exactly(freed->image, chunk + GLIBC_CHUNK_HEADER, bytes,
                            form.lists * (form.count_size + 8ul)))
        return;
    memcpy(entries, bytes + (size_t)form.lists * form.count_size, form.lists * sizeof *entries);
    if (!freed_is_cache(freed, bytes, &form, entries, is_first))
        return;
    freed_put(freed, chunk);
    for (unsigned i = 0; i < form.lists; i++)
        freed_take_list(freed, entries[i]);
}

/* --- fast bins ------------------------------------------------------------- */

/* A chunk is linked by its first word behind the header, and the link leads to a chunk. */
static void freed_take_bin(struct freed_chunks *freed, uint64_t chunk)
{
    for (unsigned i = 0; chunk && i < LIST_MAX; i++) {
        uint64_t block = chunk + GLIBC_CHUNK_HEADER, word;

        freed_put(freed, chunk);
        if (!image_read_exactly(freed->image, block, &word, sizeof word))
            return;
        uint64_t next = word ^ block >> 12;
        bool masked = next == 0 || freed_size_of(freed, next + GLIBC_CHUNK_HEADER) ==
                                       freed_size_of(freed, block);
        chunk = masked ? next : word;
        if (!masked &&
            freed_size_of(freed, word + GLIBC_CHUNK_HEADER) != freed_size_of(freed, block))
            return;
    }
}

/* In front of top, last_remainder and the bins; there are none since 2.43. */
void freed_chunks_look_at_arena(struct freed_chunks *freed, uint64_t arena, uint64_t size)
{
    uint64_t top = size - 56 - 127 * 16 - 16, bins[FASTBINS];

    if (top < sizeof bins + 8 ||
        !image_read_exactly(freed->image, arena + top - sizeof bins, bins, sizeof bins))
        return;
    for (unsigned i = 0; i < FASTBINS; i++)
        freed_take_bin(freed, bins[i]);
}

/* --- looking up ------------------------------------------------------------ */

static int freed_compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

void freed_chunks_sort(struct freed_chunks *freed)
{
    if (freed->count)
        qsort(freed->chunks, freed->count, sizeof *freed->chunks, freed_compare);
}

bool freed_chunks_has(const struct freed_chunks *freed, uint64_t chunk)
{
    return freed->count &&
           bsearch(&chunk, freed->chunks, freed->count, sizeof chunk, freed_compare);
}

void freed_chunks_end(struct freed_chunks *freed)
{
    free(freed->chunks);
}
