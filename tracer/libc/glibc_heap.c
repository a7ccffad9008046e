#include "libc/glibc_heap.h"

#include "libc/glibc_heap_arena.h"
#include "libc/glibc_layout.h"

#define PAGE            4096u
#define BINS            127u /* pairs of words in malloc_state, the last one always empty */
#define BINS_EMPTY_MIN  32u  /* that must point to themselves to be taken for bins */
#define BINS_SOUND_MIN  120u /* or that lead to chunks which lead back; some may be at work */
#define BEFORE_BINS     16u  /* of malloc_state: top, last_remainder */
#define MAIN_ARENAS_MAX 4u   /* one for each libc in the process (dlmopen) */
#define NONE            UINT64_MAX

struct finder {
    const struct glibc_heap_world *world;
    struct glibc_heap_counts counts;
    uint64_t tops[MAIN_ARENAS_MAX]; /* the last chunk of each main arena's newest run */
    const char *window;             /* what lies at window_begin */
    size_t window_length;
    uint64_t window_begin;
    uint64_t
        used_end; /* the window does not go over this from below: behind it is what is not there */
};
static char copied[16u << 10]; /* the window, where it cannot be read in place */

/* --- reading ------------------------------------------------------------- */

static bool read_exactly(struct finder *f, uint64_t address, void *words, size_t length)
{
    return f->world->read(f->world->context, address, words, length) == length;
}

static void move_window(struct finder *f, uint64_t address)
{
    const struct glibc_heap_world *world = f->world;
    f->window_begin = address & ~(uint64_t)(PAGE - 1);
    int ends = address < f->used_end && f->used_end - f->window_begin < sizeof copied;
    f->window_length = ends ? f->used_end - f->window_begin : sizeof copied;
    f->window =
        world->in_place ? world->in_place(world->context, f->window_begin, f->window_length) : NULL;
    if (f->window)
        return;
    f->window = copied;
    f->window_length =
        world->read(world->context, f->window_begin, copied, f->window_length) & ~7ul;
    if (address - f->window_begin >= f->window_length)
        f->window_length = 0;
}

/* A word at a multiple of 8; 0 if it cannot be read. For reading forwards. */
static uint64_t word_at(struct finder *f, uint64_t address)
{
    uint64_t word;
    if (address - f->window_begin >= f->window_length)
        move_window(f, address);
    if (f->window_length == 0)
        return 0;
    __builtin_memcpy(&word, f->window + (address - f->window_begin), sizeof word);
    return word;
}

static void report(struct finder *f, uint64_t begin, uint64_t end)
{
    if (begin < end)
        f->world->found(f->world->context, begin, end);
}

/* --- live blocks --------------------------------------------------------- */

static uint64_t address_of(const struct finder *f, size_t index)
{
    return trace_block_address(f->world->blocks[index].where);
}

/* The first block at or above the address. */
static size_t first_block(const struct finder *f, uint64_t address)
{
    size_t low = 0, high = f->world->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (address_of(f, middle) < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first live chunk at or above the address and below `limit`, or NONE. */
static uint64_t live_chunk(const struct finder *f, uint64_t address, uint64_t limit)
{
    size_t index = first_block(f, address + GLIBC_CHUNK_HEADER);
    if (index == f->world->count || address_of(f, index) >= limit)
        return NONE;
    return address_of(f, index) - GLIBC_CHUNK_HEADER;
}

/* --- main_arena ---------------------------------------------------------- */

/* An empty bin's two words hold the address 16 bytes before themselves. */
static bool is_empty_bin(struct finder *f, uint64_t address)
{
    return word_at(f, address) == address - 16 && word_at(f, address + 8) == address - 16;
}

/* The first chunk's link back and the last one's link onward lead to the bin. */
static bool is_linked_bin(struct finder *f, uint64_t address)
{
    uint64_t first = word_at(f, address), last = word_at(f, address + 8), back, onward;
    return read_exactly(f, first + 24, &back, sizeof back) && back == address - 16 &&
           read_exactly(f, last + 16, &onward, sizeof onward) && onward == address - 16;
}

static bool are_sound(struct finder *f, uint64_t bins)
{
    unsigned sound = 0;
    for (uint64_t at = bins; at < bins + 16 * BINS; at += 16)
        sound += is_empty_bin(f, at) || is_linked_bin(f, at);
    return sound >= BINS_SOUND_MIN;
}

static void take_main_arena(struct finder *f, uint64_t bins)
{
    if (f->counts.main_arenas < MAIN_ARENAS_MAX)
        f->tops[f->counts.main_arenas] = word_at(f, bins - 16);
    f->counts.main_arenas++;
    struct glibc_main_arena arena = {bins - BEFORE_BINS, bins + 16 * BINS};
    f->counts.main_arenas_whole += glibc_heap_find_arena(f->world, bins + 16 * BINS, &arena);
    report(f, arena.begin, arena.end);
}

/* `first` is the first empty bin of what may be a main_arena; the last one that can belong to the
 * same is the 127th. Returns where to look on. */
static uint64_t try_main_arena(struct finder *f, const struct mapping *data, uint64_t first)
{
    uint64_t last = first;
    unsigned empty = 0;
    for (uint64_t at = first; at < first + 16 * BINS && at + 16 <= data->end; at += 16)
        if (is_empty_bin(f, at)) {
            last = at;
            empty++;
        }
    uint64_t bins = last + 16 - 16 * BINS;
    if (bins < data->begin + BEFORE_BINS || bins > last)
        return first + 8;
    if (empty < BINS_EMPTY_MIN && !are_sound(f, bins))
        return first + 8;
    take_main_arena(f, bins);
    return last + 16;
}

/* The struct is in use, so its pages are there. */
static void find_main_arenas_in(struct finder *f, const struct mapping *data)
{
    const struct glibc_heap_world *world = f->world;
    uint64_t at = data->begin, until = world->next_used ? data->begin : data->end;
    while (at + 16 <= data->end) {
        if (at < until) {
            at = is_empty_bin(f, at) ? try_main_arena(f, data, at) : at + 8;
            continue;
        }
        at = world->next_used(world->context, at, data->end, &until);
        f->used_end = until;
    }
    f->used_end = 0;
}

static void find_main_arenas(struct finder *f)
{
    for (size_t i = 0; i < f->world->map->count; i++) {
        const struct mapping *data = &f->world->map->mappings[i];
        if (data->flags & MAPPING_FILE && !(data->flags & (MAPPING_SHARED | MAPPING_DEVICE)) &&
            mapping_is_writable(data))
            find_main_arenas_in(f, data);
    }
}

static bool is_top(const struct finder *f, uint64_t chunk)
{
    for (size_t i = 0; i < f->counts.main_arenas && i < MAIN_ARENAS_MAX; i++)
        if (f->tops[i] == chunk)
            return true;
    return false;
}

/* The highest top inside [begin, end), or NONE. */
static uint64_t top_within(const struct finder *f, uint64_t begin, uint64_t end)
{
    uint64_t found = NONE;
    for (size_t i = 0; i < f->counts.main_arenas && i < MAIN_ARENAS_MAX; i++)
        if (f->tops[i] >= begin && f->tops[i] < end && (found == NONE || f->tops[i] > found))
            found = f->tops[i];
    return found;
}

/* --- the main arena's runs ----------------------------------------------- */

/* The size of a chunk of the main arena, 0: this is none. `fence` is a valid size too. */
static uint64_t chunk_size(struct finder *f, uint64_t chunk, uint64_t limit)
{
    uint64_t word = word_at(f, chunk + 8), size = word & ~(uint64_t)GLIBC_FLAGS;
    if (chunk + GLIBC_CHUNK_HEADER > limit || word & (GLIBC_IS_MMAPPED | GLIBC_NON_MAIN_ARENA))
        return 0;
    return size % 16 == 0 && size >= GLIBC_FENCE && size <= limit - chunk ? size : 0;
}

/* Does a walk from chunk to chunk that begins here come to `target`? */
static bool leads_to(struct finder *f, uint64_t chunk, uint64_t target, uint64_t limit)
{
    while (chunk < target) {
        uint64_t size = chunk_size(f, chunk, limit);
        if (size < GLIBC_CHUNK_MIN)
            return false;
        chunk += size;
    }
    return chunk == target;
}

/* The lowest address in [begin, target] from which a walk leads to `target`. A run's first chunk
 * has a used chunk before it (it says) and so no size of that. */
static uint64_t first_chunk(struct finder *f, uint64_t begin, uint64_t target, uint64_t limit,
                            uint64_t step)
{
    for (uint64_t at = (begin + step - 1) & ~(step - 1); at < target; at += step)
        if (word_at(f, at) == 0 && (word_at(f, at + 8) & GLIBC_FLAGS) == GLIBC_PREV_INUSE &&
            leads_to(f, at, target, limit))
            return at;
    return target;
}

/* The end of a live chunk, if the next live one follows so closely that nothing is between. Saves
 * reading the heap. */
static uint64_t next_if_adjacent(const struct finder *f, uint64_t chunk, size_t *block)
{
    size_t i = *block;
    while (i < f->world->count && address_of(f, i) < chunk + GLIBC_CHUNK_HEADER)
        i++;
    *block = i;
    if (i + 1 >= f->world->count || address_of(f, i) != chunk + GLIBC_CHUNK_HEADER)
        return NONE;
    uint64_t size = (trace_block_size(f->world->blocks[i].what) + 8 + 15) & ~15ull;
    uint64_t next = address_of(f, i + 1) - GLIBC_CHUNK_HEADER;
    size = size < GLIBC_CHUNK_MIN ? GLIBC_CHUNK_MIN : size;
    return next == chunk + size || next == chunk + size + 16 ? next : NONE;
}

/* Where chunks end that make no sense at `chunk`: a thread was held in malloc, or the program wrote
 * over a size. The next live chunk, else the top, else (in [heap]) all the rest is malloc's. */
static uint64_t resume_behind(const struct finder *f, const struct mapping *mapping, uint64_t chunk)
{
    uint64_t next = live_chunk(f, chunk + 1, mapping->end);
    uint64_t top = top_within(f, chunk + 1, mapping->end);
    if (next != NONE || top != NONE)
        return next < top ? next : top;
    return f->counts.main_arenas == 0 && mapping->flags & MAPPING_HEAP ? mapping->end : chunk;
}

/* Walks a run from its first chunk; returns its end. */
static uint64_t walk_run(struct finder *f, const struct mapping *mapping, uint64_t chunk)
{
    size_t block = first_block(f, chunk + GLIBC_CHUNK_HEADER);
    while (chunk < mapping->end) {
        uint64_t next = next_if_adjacent(f, chunk, &block);
        uint64_t size = next != NONE ? next - chunk : chunk_size(f, chunk, mapping->end);
        if (size == GLIBC_FENCE)
            return chunk + 2 * GLIBC_FENCE;
        if (is_top(f, chunk))
            return size ? chunk + size : mapping->end;
        if (size == 0) {
            uint64_t resume = resume_behind(f, mapping, chunk);
            if (resume == chunk)
                return chunk;
            chunk = resume;
        }
        chunk += size;
    }
    return mapping->end;
}

/* Every run in a mapping from `begin` on. What lies between runs is the program's. */
static void find_runs(struct finder *f, const struct mapping *mapping, uint64_t begin)
{
    uint64_t step = PAGE; /* before the first run may lie .bss, full of anything */
    while (begin < mapping->end) {
        uint64_t target = live_chunk(f, begin, mapping->end);
        uint64_t top = top_within(f, begin, mapping->end);
        target = top < target ? top : target;
        if (target == NONE && f->counts.main_arenas == 0 && mapping->flags & MAPPING_HEAP)
            target = mapping->end;
        if (target == NONE)
            return;
        uint64_t first = first_chunk(f, begin, target, mapping->end, step);
        if (first == target && step == PAGE)
            first = first_chunk(f, begin, target, mapping->end, 16);
        uint64_t end = first < mapping->end ? walk_run(f, mapping, first) : first;
        report(f, first, end);
        f->counts.runs += first < end;
        begin = end > begin ? end : mapping->end;
        step = 16;
    }
}

/* --- heaps of other arenas ----------------------------------------------- */

static void find_heaps(struct finder *f)
{
    for (size_t i = 0; i < f->world->map->count; i++) {
        const struct mapping *mapping = &f->world->map->mappings[i];
        if (!mapping_is_anonymous(mapping) || !mapping_is_writable(mapping))
            continue;
        uint64_t heap = (mapping->begin + GLIBC_HEAP_SPAN - 1) & ~(GLIBC_HEAP_SPAN - 1);
        for (; heap < mapping->end; heap += GLIBC_HEAP_SPAN)
            if (glibc_heap_is_arenas(f->world, heap)) {
                f->counts.heaps++;
                report(f, heap, heap + GLIBC_HEAP_SPAN);
            }
    }
}

/* --- blocks elsewhere ---------------------------------------------------- */

/* Each of these returns the address up to which blocks are explained, 0: this is not the way. */

static uint64_t explain_by_heap(struct finder *f, const struct mapping *mapping, uint64_t chunk)
{
    uint64_t heap = chunk & ~(GLIBC_HEAP_SPAN - 1), words[2];
    if (glibc_heap_is_arenas(f->world, heap))
        return heap + GLIBC_HEAP_SPAN;
    if (!read_exactly(f, chunk, words, sizeof words) ||
        (words[1] & (GLIBC_IS_MMAPPED | GLIBC_NON_MAIN_ARENA)) != GLIBC_NON_MAIN_ARENA ||
        words[1] < GLIBC_CHUNK_MIN)
        return 0;
    /* It says that it lies in a heap, and the heap makes no sense: overwritten, or cut in pieces by
     * the program. */
    uint64_t end = heap + GLIBC_HEAP_SPAN < mapping->end ? heap + GLIBC_HEAP_SPAN : mapping->end;
    report(f, heap > mapping->begin ? heap : mapping->begin, end);
    return end;
}

static uint64_t explain_by_own_mapping(struct finder *f, const struct mapping *mapping,
                                       uint64_t chunk)
{
    uint64_t words[2];
    struct glibc_mapped_chunk mapped;
    if (!read_exactly(f, chunk, words, sizeof words) ||
        !glibc_layout_mapped(chunk, words, &mapped) || mapped.begin < mapping->begin ||
        mapped.end > mapping->end)
        return 0;
    f->counts.mmapped++;
    report(f, mapped.begin, mapped.end);
    return mapped.end;
}

/* Where brk fails malloc continues its main arena in anonymous memory. */
static uint64_t explain_by_run(struct finder *f, const struct mapping *mapping, uint64_t chunk)
{
    uint64_t size = chunk_size(f, chunk, mapping->end);
    if (size < GLIBC_CHUNK_MIN ||
        (chunk + size < mapping->end && !(word_at(f, chunk + size + 8) & GLIBC_PREV_INUSE)))
        return 0;
    find_runs(f, mapping, chunk > mapping->begin ? mapping->begin : chunk);
    return mapping->end;
}

static uint64_t explain_as_foreign(struct finder *f, const struct mapping *mapping, size_t index)
{
    const struct trace_block *block = &f->world->blocks[index];
    uint64_t address = trace_block_address(block->where), size = trace_block_size(block->what);
    f->counts.foreign_blocks++;
    if (mapping_is_anonymous(mapping) && !(mapping->flags & MAPPING_STACK)) {
        report(f, mapping->begin, mapping->end);
        return mapping->end;
    }
    report(f, address, address + (size ? size : 1));
    return address + 1;
}

static uint64_t explain(struct finder *f, const struct mapping *mapping, size_t index)
{
    uint64_t end = 0, chunk = address_of(f, index) - GLIBC_CHUNK_HEADER;
    if (!f->world->other_allocator && mapping_is_anonymous(mapping) && chunk >= mapping->begin) {
        end = explain_by_heap(f, mapping, chunk);
        end = end ? end : explain_by_own_mapping(f, mapping, chunk);
        end = end ? end : explain_by_run(f, mapping, chunk);
    }
    return end ? end : explain_as_foreign(f, mapping, index);
}

static void explain_blocks(struct finder *f)
{
    for (size_t i = 0; i < f->world->count;) {
        uint64_t address = address_of(f, i);
        const struct mapping *mapping = memory_map_find(f->world->map, address);
        const struct glibc_heap_world *world = f->world;
        if (address >= world->apart_begin && address < world->apart_end) {
            i = first_block(f, world->apart_end);
            continue;
        }
        int in_runs = mapping && mapping->flags & MAPPING_HEAP && !f->world->other_allocator;
        if (!mapping)
            i++; /* gone: the reads will say so */
        else if (in_runs)
            i = first_block(f, mapping->end);
        else
            i = first_block(f, explain(f, mapping, i));
    }
}

/* --- the whole ----------------------------------------------------------- */

struct glibc_heap_counts glibc_heap_find(const struct glibc_heap_world *world)
{
    struct finder finder = {.world = world}, *f = &finder;
    if (!world->other_allocator) {
        find_main_arenas(f);
        for (size_t i = 0; i < world->map->count; i++)
            if (world->map->mappings[i].flags & MAPPING_HEAP &&
                mapping_is_writable(&world->map->mappings[i]))
                find_runs(f, &world->map->mappings[i], world->map->mappings[i].begin);
        find_heaps(f);
    }
    explain_blocks(f);
    return f->counts;
}
