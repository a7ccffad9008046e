#include "libc/glibc_damage.h"

#include "libc/glibc_layout.h"

#include <string.h>

#define PAGE       4096u
#define SLACK      16u /* a chunk may be so much larger than its block wants it */
#define MAPPED_MIN 65536u

struct chunk {
    uint64_t at; /* 0: none is known */
    uint64_t prev_size;
    uint64_t size_and_flags;
    uint64_t size;
    bool is_live;
    uint64_t wanted; /* live: the least that it can have */
};

struct search {
    const struct glibc_damage_world *world;
    struct glibc_damage *damage;
    uint64_t window_begin;
    size_t window_length;
    size_t next;              /* the first live block at or above the chunk that is looked at */
    struct glibc_damage link; /* told if there is nothing else */
};

uint64_t glibc_damage_chunk_of(uint64_t size)
{
    uint64_t chunk = (size + 8 + 15) & ~15ull;
    return chunk < GLIBC_CHUNK_MIN ? GLIBC_CHUNK_MIN : chunk;
}

/* --- reading ------------------------------------------------------------- */

static bool read_header(struct search *s, uint64_t at, uint64_t words[2])
{
    const struct glibc_damage_world *world = s->world;
    if (at < s->window_begin || at + 16 > s->window_begin + s->window_length) {
        s->window_begin = at;
        s->window_length = world->read(world->context, at, world->window, world->window_size);
    }
    if (s->window_length < 16)
        return false;
    memcpy(words, (const char *)world->window + (at - s->window_begin), 16);
    return true;
}

static uint64_t block_at(const struct search *s, size_t index)
{
    return trace_block_address(s->world->blocks[index].where);
}

static bool read_chunk(struct search *s, uint64_t at, struct chunk *chunk)
{
    uint64_t words[2];
    if (!read_header(s, at, words))
        return false;
    while (s->next < s->world->count && block_at(s, s->next) < at + GLIBC_CHUNK_HEADER)
        s->next++;
    bool live = s->next < s->world->count && block_at(s, s->next) == at + GLIBC_CHUNK_HEADER;
    *chunk = (struct chunk){.at = at,
                            .prev_size = words[0],
                            .size_and_flags = words[1],
                            .size = glibc_chunk_size(words[1]),
                            .is_live = live};
    if (live)
        chunk->wanted = glibc_damage_chunk_of(s->world->size_of(&s->world->blocks[s->next]));
    return true;
}

/* Where the next live chunk begins, or the limit. */
static uint64_t bound_of(const struct search *s, const struct chunk *chunk, uint64_t limit)
{
    size_t next = s->next + chunk->is_live;
    if (next == s->world->count || block_at(s, next) - GLIBC_CHUNK_HEADER >= limit)
        return limit;
    return block_at(s, next) - GLIBC_CHUNK_HEADER;
}

/* --- whose it is --------------------------------------------------------- */

/* The block that is, or was, in the chunk, and the chunk that it wants; 0: none is known. */
static uint64_t block_in(const struct search *s, const struct chunk *chunk, uint64_t *wanted)
{
    uint64_t block = chunk->at + GLIBC_CHUNK_HEADER, size;
    *wanted = chunk->wanted;
    if (chunk->is_live)
        return block;
    if (!s->world->freed_at(s->world->context, block, &size))
        return 0;
    *wanted = glibc_damage_chunk_of(size);
    return block;
}

static bool has_right_size(const struct search *s, const struct chunk *chunk)
{
    uint64_t wanted;
    return block_in(s, chunk, &wanted) && chunk->size >= wanted && chunk->size <= wanted + SLACK;
}

/* Which bytes of the size are not as they are to be. */
static void compare(struct glibc_damage *damage, const struct chunk *chunk, uint64_t expected)
{
    uint64_t changed = chunk->size_and_flags ^ expected;
    damage->first = damage->last = chunk->at + 8;
    for (unsigned i = 0, any = 0; i < 8; i++)
        if (changed >> 8 * i & 0xff) {
            damage->first = any++ ? damage->first : chunk->at + 8 + i;
            damage->last = chunk->at + 8 + i;
        }
}

/* A block before it is overrun upward: the lowest byte comes first, though it may have been what is
 * written there. */
static bool is_from_behind(const struct glibc_damage *damage, const struct chunk *chunk)
{
    unsigned first = (unsigned)(damage->first - (chunk->at + 8));
    uint64_t low = chunk->size_and_flags & 0xff, next = chunk->size_and_flags >> 8 * first & 0xff;
    return first > 0 && damage->last == chunk->at + 15 && low != next;
}

static void find_before(const struct search *s, struct glibc_damage *damage,
                        const struct chunk *chunk, const struct chunk *before)
{
    uint64_t wanted;
    if (damage->block && is_from_behind(damage, chunk)) {
        damage->before = damage->block;
        return;
    }
    damage->before = before->at ? block_in(s, before, &wanted)
                                : s->world->freed_before(s->world->context, chunk->at);
}

static bool tell(struct search *s, const struct chunk *chunk, const struct chunk *before,
                 bool is_last)
{
    struct glibc_damage *damage = s->damage;
    const uint64_t arena = (before->at ? before : chunk)->size_and_flags & GLIBC_NON_MAIN_ARENA;
    const uint64_t in_use =
        before->is_live ? GLIBC_PREV_INUSE : chunk->size_and_flags & GLIBC_PREV_INUSE;
    uint64_t wanted;
    *damage = (struct glibc_damage){.kind = chunk->is_live ? TRACE_OVERWRITTEN_LIVE
                                            : is_last      ? TRACE_OVERWRITTEN_TOP
                                                           : TRACE_OVERWRITTEN_FREE,
                                    .first = chunk->at + 8,
                                    .last = chunk->at + 8};
    damage->block = block_in(s, chunk, &wanted);
    if (damage->block) {
        if (!chunk->is_live)
            damage->kind = TRACE_OVERWRITTEN_FREED;
        compare(damage, chunk, wanted | in_use | arena);
    }
    find_before(s, damage, chunk, before);
    return true;
}

/* --- the walk ------------------------------------------------------------ */

static bool is_possible(const struct chunk *chunk, uint64_t bound)
{
    return chunk->size >= GLIBC_CHUNK_MIN && chunk->size % 16 == 0 &&
           !(chunk->size_and_flags & GLIBC_IS_MMAPPED) && chunk->size <= bound - chunk->at &&
           chunk->size >= chunk->wanted;
}

/* The chunk before, if it is free, says so at its end. */
static bool is_in_order(const struct chunk *chunk, const struct chunk *before)
{
    return !before->at || chunk->size_and_flags & GLIBC_PREV_INUSE ||
           (!before->is_live && chunk->prev_size == before->size);
}

/* malloc's lists lead to a free chunk's neighbours on them, and back. */
static bool is_linked(const struct search *s, uint64_t at)
{
    const struct glibc_damage_world *world = s->world;
    uint64_t links[2], back, onward;
    if (world->read(world->context, at + 16, links, sizeof links) != sizeof links)
        return true;
    return world->read(world->context, links[0] + 24, &back, sizeof back) == sizeof back &&
           world->read(world->context, links[1] + 16, &onward, sizeof onward) == sizeof onward &&
           back == at && onward == at;
}

static void note_link(struct search *s, const struct chunk *free)
{
    struct glibc_damage *link = &s->link;
    uint64_t wanted;
    if (link->kind || is_linked(s, free->at))
        return;
    *link = (struct glibc_damage){.kind = TRACE_OVERWRITTEN_LINK, .first = free->at + 16};
    link->last = link->first;
    link->before = block_in(s, free, &wanted);
}

/* What follows top is none of malloc's. */
static bool is_top(struct search *s, const struct chunk *chunk, uint64_t limit)
{
    uint64_t words[2], end = chunk->at + chunk->size;
    if (end == limit)
        return true;
    return end % PAGE == 0 && !has_right_size(s, chunk) &&
           (!read_header(s, end, words) || words[1] < GLIBC_CHUNK_MIN ||
            words[1] % 16 > GLIBC_FLAGS || words[1] > limit - end);
}

/* `chunk` cannot be one: either it is overwritten, or the size that led to it. */
static bool blame(struct search *s, const struct chunk chunks[3], bool is_last)
{
    const struct chunk *chunk = &chunks[2];
    if (chunks[1].at && !chunk->is_live && !has_right_size(s, &chunks[1])) {
        size_t next = s->next;
        bool told = tell(s, &chunks[1], &chunks[0], is_last);
        s->next = next;
        return told;
    }
    return tell(s, chunk, &chunks[1], is_last);
}

/* From chunk to chunk up to the limit; true: something is told. */
static bool walk(struct search *s, uint64_t at, uint64_t limit)
{
    struct chunk chunks[3] = {{0}}; /* the last one is looked at */
    while (at < limit && read_chunk(s, at, &chunks[2])) {
        struct chunk *chunk = &chunks[2];
        uint64_t bound = bound_of(s, chunk, limit);
        if (!chunk->is_live && chunk->size == GLIBC_FENCE && chunks[1].at) {
            at = bound; /* the program's own memory lies behind */
            memset(chunks, 0, sizeof chunks);
            continue;
        }
        if (!is_possible(chunk, bound) || !is_in_order(chunk, &chunks[1]))
            return blame(s, chunks, bound == limit);
        if (chunks[1].at && !(chunk->size_and_flags & GLIBC_PREV_INUSE))
            note_link(s, &chunks[1]);
        if (!chunk->is_live && bound == limit && is_top(s, chunk, limit))
            return false;
        at += chunk->size;
        chunks[0] = chunks[1];
        chunks[1] = *chunk;
    }
    return false;
}

/* --- where to walk ------------------------------------------------------- */

static void go_to(struct search *s, uint64_t address)
{
    size_t low = 0, high = s->world->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (block_at(s, middle) < address)
            low = middle + 1;
        else
            high = middle;
    }
    s->next = low;
}

/* A run that begins with the mapping is known from there on; else from its first live block. */
static bool look_at_heap(struct search *s, const struct mapping *heap)
{
    uint64_t words[2];
    go_to(s, heap->begin);
    bool whole = read_header(s, heap->begin, words) && words[0] == 0 &&
                 words[1] % 16 == GLIBC_PREV_INUSE && words[1] >= GLIBC_CHUNK_MIN &&
                 words[1] < heap->end - heap->begin;
    if (whole)
        return walk(s, heap->begin, heap->end);
    return s->next < s->world->count && block_at(s, s->next) < heap->end &&
           walk(s, block_at(s, s->next) - GLIBC_CHUNK_HEADER, heap->end);
}

/* The heap of another arena: where it ends; 0: it is none. */
static uint64_t end_of_heap(const struct search *s, const struct mapping *mapping, uint64_t chunk)
{
    struct glibc_heap_info info;
    uint64_t heap = chunk & ~(GLIBC_HEAP_SPAN - 1);
    if (heap < mapping->begin ||
        s->world->read(s->world->context, heap, &info, sizeof info) != sizeof info ||
        info.arena % 16 || info.arena == 0 || info.size % PAGE || info.size == 0 ||
        info.size > GLIBC_HEAP_SPAN || heap + info.size > mapping->end)
        return 0;
    return heap + info.size;
}

/* A block that has a mapping begins with it. */
static bool look_at_mapped(struct search *s, uint64_t chunk)
{
    struct glibc_mapped_chunk mapped;
    struct chunk found;
    uint64_t wanted;
    if (chunk % PAGE != 0 || !read_chunk(s, chunk, &found) || !block_in(s, &found, &wanted) ||
        wanted < MAPPED_MIN)
        return false;
    const uint64_t words[2] = {found.prev_size, found.size_and_flags};
    if (glibc_layout_mapped(chunk, words, &mapped))
        return false;
    *s->damage = (struct glibc_damage){.kind = found.is_live ? TRACE_OVERWRITTEN_LIVE
                                                             : TRACE_OVERWRITTEN_FREED,
                                       .first = chunk + 8,
                                       .last = chunk + 8,
                                       .block = chunk + GLIBC_CHUNK_HEADER,
                                       .before = chunk + GLIBC_CHUNK_HEADER};
    return true;
}

static bool look_elsewhere(struct search *s)
{
    const struct glibc_damage_world *world = s->world;
    for (s->next = 0; s->next < world->count;) {
        uint64_t chunk = block_at(s, s->next) - GLIBC_CHUNK_HEADER, end;
        const struct mapping *mapping = memory_map_find(world->map, chunk);
        if (!mapping || mapping->flags & MAPPING_HEAP || !mapping_is_anonymous(mapping)) {
            s->next++;
        } else if ((end = end_of_heap(s, mapping, chunk))) {
            if (walk(s, chunk, end))
                return true;
            go_to(s, end);
        } else if (look_at_mapped(s, chunk)) {
            return true;
        } else {
            s->next++;
        }
    }
    return false;
}

static bool is_apart(struct search *s, uint64_t block)
{
    const struct mapping *mapping = block ? memory_map_find(s->world->map, block) : NULL;
    s->next = s->world->count;
    return mapping && !(mapping->flags & MAPPING_HEAP) && mapping_is_anonymous(mapping) &&
           !end_of_heap(s, mapping, block - GLIBC_CHUNK_HEADER);
}

bool glibc_damage_find(const struct glibc_damage_world *world, struct glibc_damage *damage)
{
    struct search search = {.world = world, .damage = damage}, *s = &search;
    *damage = (struct glibc_damage){0};
    for (size_t i = 0; i < world->map->count; i++)
        if (world->map->mappings[i].flags & MAPPING_HEAP &&
            look_at_heap(s, &world->map->mappings[i]))
            return true;
    if (look_elsewhere(s) || (is_apart(s, world->being_freed) &&
                              look_at_mapped(s, world->being_freed - GLIBC_CHUNK_HEADER)))
        return true;
    *damage = s->link;
    return damage->kind != TRACE_OVERWRITTEN_UNKNOWN;
}
