#include "libc/glibc_damage.h"
#include "libc/glibc_layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* A heap on paper: chunks in use, on a cache, on a list, and top. */
#define HEAP      0x10000000ull
#define HEAP_SIZE 0x10000ull
#define CHUNKS    64

enum state { LIVE, CACHED, LISTED };
struct piece {
    uint64_t at, size, block_size;
    enum state state;
};
static struct {
    char bytes[HEAP_SIZE];
    struct piece pieces[CHUNKS];
    size_t count;
    uint64_t top;
    struct trace_block blocks[CHUNKS];
    size_t live;
    char window[4096];
} heap;

static uint64_t *word(uint64_t address)
{
    return (uint64_t *)(heap.bytes + (address - HEAP));
}

static size_t read_heap(void *context, uint64_t address, void *buffer, size_t length)
{
    (void)context;
    if (address < HEAP || address >= HEAP + HEAP_SIZE)
        return 0;
    uint64_t rest = HEAP + HEAP_SIZE - address;
    length = length < rest ? length : rest;
    memcpy(buffer, heap.bytes + (address - HEAP), length);
    return length;
}

static bool freed_at(void *context, uint64_t address, uint64_t *size)
{
    (void)context;
    for (size_t i = 0; i < heap.count; i++)
        if (heap.pieces[i].state != LIVE && heap.pieces[i].at + 16 == address) {
            *size = heap.pieces[i].block_size;
            return true;
        }
    return false;
}

static uint64_t freed_before(void *context, uint64_t chunk)
{
    (void)context;
    for (size_t i = 0; i < heap.count; i++)
        if (heap.pieces[i].state != LIVE && heap.pieces[i].at + heap.pieces[i].size == chunk)
            return heap.pieces[i].at + 16;
    return 0;
}

static uint64_t size_of(const struct trace_block *block)
{
    return trace_block_size(block->what);
}

/* Of two free neighbours on lists malloc makes one. */
static enum state draw_state(enum state before)
{
    enum state state = (enum state)(random() % 3);
    return state == LISTED && before == LISTED ? LIVE : state;
}

static void link_to_itself(uint64_t chunk)
{
    *word(chunk + 16) = *word(chunk + 24) = chunk;
}

static void build(unsigned seed)
{
    uint64_t at = HEAP;
    enum state before = LIVE;
    memset(&heap, 0, sizeof heap);
    srandom(seed);
    for (size_t i = 0; i < CHUNKS; i++) {
        uint64_t block = (uint64_t)random() % 600, size = glibc_damage_chunk_of(block);
        struct piece *piece = &heap.pieces[heap.count++];
        *piece = (struct piece){at, size, block, draw_state(before)};
        memset(word(at), 0x5a, size);
        *word(at) = before == LISTED ? piece[-1].size : 0;
        *word(at + 8) = size | (before == LISTED ? 0 : GLIBC_PREV_INUSE);
        if (piece->state == LISTED)
            link_to_itself(at);
        if (piece->state == LIVE)
            heap.blocks[heap.live++] = (struct trace_block){at + 16, block};
        before = piece->state;
        at += size;
    }
    heap.top = at;
    *word(at) = before == LISTED ? heap.pieces[CHUNKS - 1].size : 0;
    *word(at + 8) = (HEAP + HEAP_SIZE - at) | (before == LISTED ? 0 : GLIBC_PREV_INUSE);
}

static bool find(struct glibc_damage *damage)
{
    struct mapping mapping = {HEAP, HEAP + HEAP_SIZE,
                              MAPPING_READABLE | MAPPING_WRITABLE | MAPPING_HEAP, 0, NULL};
    struct memory_map map = {&mapping, 1};
    const struct glibc_damage_world world = {.map = &map,
                                             .blocks = heap.blocks,
                                             .count = heap.live,
                                             .window = heap.window,
                                             .window_size = sizeof heap.window,
                                             .read = read_heap,
                                             .size_of = size_of,
                                             .freed_at = freed_at,
                                             .freed_before = freed_before};
    return glibc_damage_find(&world, damage);
}

static void nothing_is_found_where_nothing_is_wrong(void **state)
{
    struct glibc_damage damage;
    (void)state;
    for (unsigned seed = 1; seed < 2000; seed++) {
        build(seed);
        assert_false(find(&damage));
        assert_int_equal(damage.kind, TRACE_OVERWRITTEN_UNKNOWN);
    }
}

/* The header behind a piece, from its lowest byte on. */
static void overrun(uint64_t chunk, unsigned bytes)
{
    memset((char *)word(chunk + 8), 'b', bytes);
}

static void an_overrun_is_told_by_both_blocks(void **state)
{
    struct glibc_damage damage;
    (void)state;
    for (unsigned seed = 1; seed < 2000; seed++) {
        build(seed);
        size_t i = 1 + (size_t)random() % (CHUNKS - 1);
        unsigned bytes = 2 + (unsigned)random() % 7;
        const struct piece *piece = &heap.pieces[i];
        overrun(piece->at, bytes);
        assert_true(find(&damage));
        assert_int_equal(damage.kind,
                         piece->state == LIVE ? TRACE_OVERWRITTEN_LIVE : TRACE_OVERWRITTEN_FREED);
        assert_int_equal(damage.block, piece->at + 16);
        assert_int_equal(damage.before, piece[-1].at + 16);
        assert_int_equal(damage.first, piece->at + 8);
        assert_int_equal(damage.last, piece->at + 8 + bytes - 1);
    }
}

/* A zero byte more than there was place for. */
static void a_zero_too_many_is_found_behind_a_block_in_use(void **state)
{
    struct glibc_damage damage;
    unsigned found = 0;
    (void)state;
    for (unsigned seed = 1; seed < 2000; seed++) {
        build(seed);
        size_t i = 1 + (size_t)random() % (CHUNKS - 1);
        const struct piece *piece = &heap.pieces[i];
        if (piece[-1].state != LIVE)
            continue;
        memset((char *)word(piece->at + 8), 0, 1);
        assert_true(find(&damage));
        assert_int_equal(damage.before, piece[-1].at + 16);
        assert_int_equal(damage.block, piece->at + 16);
        assert_int_equal(damage.last, piece->at + 8);
        found++;
    }
    assert_true(found > 300);
}

static void top_has_no_block(void **state)
{
    struct glibc_damage damage;
    (void)state;
    for (unsigned seed = 1; seed < 500; seed++) {
        build(seed);
        memset(word(heap.top + 8), 'a', seed % 2 ? 8 : 3);
        assert_true(find(&damage));
        assert_int_equal(damage.kind, TRACE_OVERWRITTEN_TOP);
        assert_int_equal(damage.block, 0);
        assert_int_equal(damage.before, heap.pieces[CHUNKS - 1].at + 16);
    }
}

static void what_is_written_from_behind_leaves_the_lowest_byte(void **state)
{
    struct glibc_damage damage;
    (void)state;
    for (unsigned seed = 1; seed < 500; seed++) {
        build(seed);
        size_t i = 1 + (size_t)random() % (CHUNKS - 1);
        const struct piece *piece = &heap.pieces[i];
        ((char *)word(piece->at + 8))[7] = 'u';
        assert_true(find(&damage));
        assert_int_equal(damage.block, piece->at + 16);
        assert_int_equal(damage.before, piece->at + 16);
        assert_int_equal(damage.first, piece->at + 15);
    }
}

static void a_link_is_told_with_its_freed_block(void **state)
{
    struct glibc_damage damage;
    unsigned found = 0;
    (void)state;
    for (unsigned seed = 1; seed < 500; seed++) {
        build(seed);
        size_t i = (size_t)random() % CHUNKS;
        if (heap.pieces[i].state != LISTED)
            continue;
        *word(heap.pieces[i].at + 16) = 0x6161616161616161;
        assert_true(find(&damage));
        assert_int_equal(damage.kind, TRACE_OVERWRITTEN_LINK);
        assert_int_equal(damage.before, heap.pieces[i].at + 16);
        found++;
    }
    assert_true(found > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_found_where_nothing_is_wrong),
        cmocka_unit_test(an_overrun_is_told_by_both_blocks),
        cmocka_unit_test(a_zero_too_many_is_found_behind_a_block_in_use),
        cmocka_unit_test(top_has_no_block),
        cmocka_unit_test(what_is_written_from_behind_leaves_the_lowest_byte),
        cmocka_unit_test(a_link_is_told_with_its_freed_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
