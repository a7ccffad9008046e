/* The rules of the mark algorithm, one by one, on heaps of a few blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "check/reach_cycle.h"
#include "fake_heap.h"

static struct fake_heap fake;

static int open_fake(void **state)
{
    fake_heap_open(&fake, 64, 64 * 1024);
    return 0;
}

static int close_fake(void **state)
{
    fake_heap_close(&fake);
    return 0;
}

static uint64_t block(uint64_t size)
{
    return fake_heap_block(&fake, size);
}

static void point(uint64_t from, uint64_t to)
{
    fake_heap_store(&fake, from, to);
}

static void expect(uint64_t address, enum trace_leak_kind kind)
{
    if (fake_heap_verdict(&fake, address)->kind != kind)
        fail_msg("block %#llx has kind %d, not %d", (unsigned long long)address,
                 fake_heap_verdict(&fake, address)->kind, kind);
}

static void expect_under(uint64_t address, uint64_t head)
{
    expect(address, TRACE_INDIRECTLY_LOST);
    assert_int_equal(fake_heap_head(&fake, address), head);
}

/* --- roots and paths ----------------------------------------------------- */

static void no_blocks_at_all(void **state)
{
    fake_heap_root(&fake, FAKE_HEAP);
    fake_heap_check(&fake);
    assert_int_equal(reach_mark_block(&fake.reach, FAKE_HEAP), -ENOENT);
}

static void chain_from_a_root_is_reachable(void **state)
{
    uint64_t a = block(32), b = block(32), c = block(32), lost = block(8);
    uint64_t root = fake_heap_root(&fake, b);
    point(b + 24, a);
    point(a, c);
    fake_heap_check(&fake);
    expect(a, TRACE_REACHABLE);
    expect(b, TRACE_REACHABLE);
    expect(c, TRACE_REACHABLE);
    expect(lost, TRACE_DEFINITELY_LOST);
    assert_int_equal(fake_heap_verdict(&fake, a)->pointer_at, b + 24);
    assert_int_equal(fake_heap_verdict(&fake, b)->pointer_at, root);
    assert_int_equal(fake_heap_verdict(&fake, b)->interior, 0);
    assert_int_equal(fake_heap_verdict(&fake, lost)->pointer_at, 0);
}

static void interior_pointer_is_possible(void **state)
{
    uint64_t a = block(64), b = block(32), c = block(32);
    uint64_t root = fake_heap_root(&fake, a + 17);
    point(a, b);
    point(b, c);
    fake_heap_check(&fake);
    expect(a, TRACE_POSSIBLY_LOST);
    expect(b, TRACE_POSSIBLY_LOST);
    expect(c, TRACE_POSSIBLY_LOST);
    assert_int_equal(fake_heap_verdict(&fake, a)->interior, 1);
    assert_int_equal(fake_heap_verdict(&fake, a)->pointer_at, root);
    assert_int_equal(fake_heap_verdict(&fake, b)->interior, 0);
}

static void sure_path_lifts_what_was_possible(void **state)
{
    uint64_t a = block(64), b = block(32), c = block(32), d = block(32);
    fake_heap_root(&fake, a + 8); /* seen first */
    uint64_t later = fake_heap_root(&fake, a);
    point(a, b);
    point(b, c);
    point(c, d + 8);
    fake_heap_check(&fake);
    expect(a, TRACE_REACHABLE);
    expect(b, TRACE_REACHABLE);
    expect(c, TRACE_REACHABLE);
    expect(d, TRACE_POSSIBLY_LOST);
    assert_int_equal(fake_heap_verdict(&fake, a)->pointer_at, later);
    assert_int_equal(fake_heap_verdict(&fake, a)->interior, 0);
}

/* The lifting must reach blocks that were scanned long before. */
static void deep_sure_path_lifts_late(void **state)
{
    uint64_t shared = block(32), tail = block(32), first = block(64), link[20];
    point(shared, tail);
    point(first, shared);
    fake_heap_root(&fake, first + 8);
    for (int k = 0; k < 20; k++)
        link[k] = block(16);
    for (int k = 0; k < 19; k++)
        point(link[k], link[k + 1]);
    point(link[19], shared);
    fake_heap_root(&fake, link[0]);
    fake_heap_check(&fake);
    expect(first, TRACE_POSSIBLY_LOST);
    expect(shared, TRACE_REACHABLE);
    expect(tail, TRACE_REACHABLE);
}

static void registers_are_roots(void **state)
{
    uint64_t a = block(32), b = block(32);
    uint64_t registers[] = {1, a, ~0ull, b + 8};
    fake_heap_begin(&fake);
    reach_scan_words(&fake.reach, registers, 4);
    fake_heap_finish(&fake);
    expect(a, TRACE_REACHABLE);
    expect(b, TRACE_POSSIBLY_LOST);
    assert_int_equal(fake_heap_verdict(&fake, a)->pointer_at, REACH_IN_REGISTER);
}

static void marked_block_is_a_root(void **state)
{
    uint64_t a = block(32), b = block(32), c = block(32);
    point(a, b);
    point(c, a);
    fake_heap_begin(&fake);
    assert_int_equal(reach_mark_block(&fake.reach, a), 0);
    assert_int_equal(reach_mark_block(&fake.reach, a + 8), -ENOENT);
    assert_int_equal(reach_mark_block(&fake.reach, FAKE_HEAP - 8), -ENOENT);
    fake_heap_finish(&fake);
    expect(a, TRACE_REACHABLE);
    expect(b, TRACE_REACHABLE);
    expect(c, TRACE_DEFINITELY_LOST);
    assert_int_equal(fake_heap_verdict(&fake, a)->pointer_at, REACH_IN_USE);
}

/* --- what is a pointer --------------------------------------------------- */

static void last_byte_is_inside_and_the_next_is_not(void **state)
{
    uint64_t a = block(24), b = block(24);
    fake_heap_root(&fake, a + 23);
    fake_heap_root(&fake, b + 24);
    fake_heap_check(&fake);
    expect(a, TRACE_POSSIBLY_LOST);
    expect(b, TRACE_DEFINITELY_LOST);
}

static void block_of_no_bytes_counts_as_one(void **state)
{
    uint64_t a = block(0), b = block(0), c = block(0);
    fake_heap_root(&fake, b);
    fake_heap_root(&fake, c + 1);
    fake_heap_check(&fake);
    expect(a, TRACE_DEFINITELY_LOST);
    expect(b, TRACE_REACHABLE);
    expect(c, TRACE_DEFINITELY_LOST);
}

static void only_aligned_words_count(void **state)
{
    uint64_t a = block(64), b = block(32), c = block(32), d = block(12);
    fake_heap_root(&fake, a);
    point(a + 8, 0);
    point(a + 20, b);     /* across two words */
    point(a + 64 - 8, c); /* the last whole word */
    fake_heap_check(&fake);
    expect(b, TRACE_DEFINITELY_LOST);
    expect(c, TRACE_REACHABLE);
    expect(d, TRACE_DEFINITELY_LOST);
}

static void words_cut_by_the_ends_of_a_range_do_not_count(void **state)
{
    uint64_t a = block(12), b = block(32), c = block(32);
    fake_heap_root(&fake, b);
    fake_heap_root(&fake, c);
    point(a + 8, c); /* reaches beyond the block's 12 bytes */
    fake_heap_begin(&fake);
    reach_scan_roots(&fake.reach, FAKE_ROOTS + 1, FAKE_ROOTS + 15);
    reach_scan_roots(&fake.reach, a, a);
    fake_heap_finish(&fake);
    expect(b, TRACE_DEFINITELY_LOST);
    expect(c, TRACE_DEFINITELY_LOST);
    assert_int_equal(fake.reach.bytes_not_read, 0);
    fake_heap_begin(&fake);
    reach_scan_roots(&fake.reach, FAKE_ROOTS + 1, FAKE_ROOTS + 16);
    fake_heap_finish(&fake);
    expect(b, TRACE_DEFINITELY_LOST);
    expect(c, TRACE_REACHABLE);
}

static void size_that_is_kept_elsewhere(void **state)
{
    fake.hole_begin = FAKE_HEAP + 4096, fake.hole_end = FAKE_HEAP + fake.heap_words * 8;
    fake.large_size = TRACE_SIZE_ELSEWHERE + 5;
    fake.blocks[0] = (struct trace_block){.where = FAKE_HEAP, .what = TRACE_SIZE_ELSEWHERE};
    fake.n = 1;
    fake_heap_begin(&fake);
    uint64_t inside = FAKE_HEAP + fake.large_size - 1, behind = FAKE_HEAP + fake.large_size;
    reach_scan_words(&fake.reach, &behind, 1);
    assert_int_equal(fake.reach.depth, 0);
    reach_scan_words(&fake.reach, &inside, 1);
    assert_int_equal(fake.reach.depth, 1);
    free(fake.scratch);
}

/* What is unused is not even read; what follows it counts. */
static void unused_part_of_a_large_block_is_not_read(void **state)
{
    fake_heap_close(&fake);
    fake_heap_open(&fake, 8, 9 << 20);
    uint64_t a = block(64 << 20), b = block(32), c = block(32), d = block(32);
    fake_heap_root(&fake, a);
    fake.unused_begin = a + 4096;
    fake.unused_end = a + (63 << 20);
    point(a + 8, b);
    point(a + (1 << 20), c);
    point(fake.unused_end, d);
    fake_heap_begin(&fake);
    reach_scan_roots(&fake.reach, FAKE_ROOTS, FAKE_ROOTS + 8);
    fake_heap_reach(&fake);
    expect(b, TRACE_REACHABLE);
    expect(c, TRACE_DEFINITELY_LOST);
    expect(d, TRACE_REACHABLE);
    assert_in_range(fake.reads, 1, 128); /* of 16 KiB; all of it would be 4,096 */
    free(fake.scratch);
}

/* --- memory with holes --------------------------------------------------- */

static void holes_are_skipped_and_counted(void **state)
{
    uint64_t big = block(5 * 4096), a = block(32), b = block(32), c = block(32);
    assert_int_equal(big % 4096, 0);
    fake_heap_root(&fake, big);
    point(big + 4096 - 8, a);
    point(big + 4096 + 8, b);
    point(big + 4 * 4096, c);
    fake.hole_begin = big + 4096, fake.hole_end = big + 4 * 4096;
    for (int in_place = 0; in_place < 2; in_place++) {
        fake.in_place = in_place;
        fake_heap_begin(&fake);
        reach_scan_roots(&fake.reach, FAKE_ROOTS, FAKE_ROOTS + 8);
        fake_heap_reach(&fake);
        assert_int_equal(fake.reach.bytes_not_read, 3 * 4096);
        expect(a, TRACE_REACHABLE);
        expect(b, TRACE_DEFINITELY_LOST);
        expect(c, TRACE_REACHABLE);
        free(fake.scratch);
    }
}

static void root_range_of_which_nothing_is_there(void **state)
{
    uint64_t a = block(32);
    fake_heap_begin(&fake);
    reach_scan_roots(&fake.reach, 0x100100, 0x103008);
    fake_heap_finish(&fake);
    assert_int_equal(fake.reach.bytes_not_read, 0x2f08);
    expect(a, TRACE_DEFINITELY_LOST);
}

/* Larger than what is read at a time: the pointer stands in the last word. */
static void long_ranges_are_read_in_pieces(void **state)
{
    uint64_t big = block(200 * 1024 + 24), a = block(32);
    fake_heap_root(&fake, big);
    point(big + 200 * 1024 + 16, a);
    fake_heap_check(&fake);
    expect(a, TRACE_REACHABLE);
}

/* --- what is lost -------------------------------------------------------- */

static void lost_chain_hangs_on_its_first_block(void **state)
{
    uint64_t a = block(32), b = block(32), c = block(32);
    point(a, b);
    point(b, c);
    fake_heap_check(&fake);
    expect(a, TRACE_DEFINITELY_LOST);
    expect_under(b, a);
    expect_under(c, a);
    assert_int_equal(fake_heap_verdict(&fake, c)->pointer_at, b);
}

static void head_is_taken_over_by_a_later_one(void **state)
{
    uint64_t c = block(32), b = block(32), a = block(32);
    point(a, b);
    point(b, c);
    fake_heap_check(&fake);
    expect(a, TRACE_DEFINITELY_LOST);
    expect_under(b, a);
    expect_under(c, a);
}

/* Heads taken over one after another, with what hung on each: all follow to the last. */
static void members_follow_their_head(void **state)
{
    uint64_t head[8], member[8];
    for (int k = 0; k < 8; k++) {
        head[k] = block(32);
        member[k] = block(32);
        point(head[k], member[k]);
        if (k > 0)
            point(head[k] + 8, head[k - 1] + 4);
    }
    fake_heap_check(&fake);
    expect(head[7], TRACE_DEFINITELY_LOST);
    for (int k = 0; k < 8; k++)
        expect_under(member[k], head[7]);
    for (int k = 0; k < 7; k++)
        expect_under(head[k], head[7]);
}

static void lowest_block_of_a_cycle_is_its_head(void **state)
{
    uint64_t a = block(32), b = block(32), c = block(32), self = block(16);
    point(b, c);
    point(c + 8, a);
    point(a, b);
    point(self, self);
    fake_heap_check(&fake);
    expect(a, TRACE_DEFINITELY_LOST);
    expect_under(b, a);
    expect_under(c, a);
    expect(self, TRACE_DEFINITELY_LOST);
    assert_int_equal(fake_heap_verdict(&fake, a)->pointer_at, c + 8);
    assert_int_equal(fake_heap_verdict(&fake, self)->pointer_at, self);
}

static void cycle_is_taken_over_from_outside(void **state)
{
    uint64_t a = block(32), b = block(32), outside = block(32);
    point(a, b);
    point(b, a);
    point(outside, b + 8);
    fake_heap_check(&fake);
    expect(outside, TRACE_DEFINITELY_LOST);
    expect(a, TRACE_DEFINITELY_LOST); /* b is no head, so it is not looked through again */
    expect_under(b, a);
    fake_heap_store(&fake, outside, a);
    fake_heap_check(&fake);
    expect_under(a, outside);
    expect_under(b, outside);
}

static void two_heads_share_a_block(void **state)
{
    uint64_t a = block(32), shared = block(32), b = block(32);
    point(a, shared);
    point(b, shared);
    fake_heap_check(&fake);
    expect(a, TRACE_DEFINITELY_LOST);
    expect(b, TRACE_DEFINITELY_LOST);
    expect_under(shared, a);
}

static void lost_block_may_point_to_a_reachable_one(void **state)
{
    uint64_t lost = block(32), a = block(32), b = block(32);
    point(lost, a);
    point(lost + 8, b);
    fake_heap_root(&fake, a);
    fake_heap_root(&fake, b + 8);
    fake_heap_check(&fake);
    expect(lost, TRACE_DEFINITELY_LOST);
    expect(a, TRACE_REACHABLE);
    expect(b, TRACE_POSSIBLY_LOST);
}

/* --- what the check itself finds ----------------------------------------- */

static void expect_violation(const char *sentence, uint64_t at)
{
    uint64_t address = 0;
    const char *violation = reach_check(&fake.reach, &address);
    assert_non_null(violation);
    assert_string_equal(violation, sentence);
    assert_int_equal(address, at);
    free(fake.scratch);
}

static void begin_spoiled(uint64_t root)
{
    fake_heap_root(&fake, root);
    fake_heap_begin(&fake);
    reach_scan_roots(&fake.reach, FAKE_ROOTS, FAKE_ROOTS + 8);
    fake_heap_reach(&fake);
}

static void check_finds_a_reachable_block_called_lost(void **state)
{
    uint64_t a = block(32), b = block(32);
    point(a, b);
    begin_spoiled(a);
    fake.reach.states[1] = TRACE_DEFINITELY_LOST;
    expect_violation("a block that is not lost points to a lost one", b);
}

static void check_finds_a_reachable_block_called_possible(void **state)
{
    uint64_t a = block(32), b = block(32);
    point(a, b);
    begin_spoiled(a);
    fake.reach.states[1] = TRACE_POSSIBLY_LOST;
    expect_violation("a reachable block points surely to a possibly lost one", b);
}

static void check_finds_wrong_heads(void **state)
{
    uint64_t a = block(32), b = block(32);
    point(a, b);
    begin_spoiled(0);
    fake.reach.heads[1] = 1;
    expect_violation("a head is not definitely lost", b);
    begin_spoiled(0);
    fake.reach.states[1] = TRACE_DEFINITELY_LOST;
    expect_violation("a lost block points to a head that is not its own", b);
}

static void unsorted_blocks_are_refused(void **state)
{
    struct reach_world world = {0};
    block(32);
    block(32);
    fake.blocks[1].where = fake.blocks[0].where;
    assert_int_equal(reach_plan(&fake.reach, &world, fake.blocks, 2, 0), -EINVAL);
    fake.blocks[1].where--;
    assert_int_equal(reach_plan(&fake.reach, &world, fake.blocks, 2, 0), -EINVAL);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_fake, close_fake)

/* --- telling ------------------------------------------------------------- */

struct told {
    uint64_t at, word;
    uint32_t holder, index;
    bool interior;
};
static struct told told[32];
static size_t told_count;

static void take_told(void *context, const struct reach_pointer *pointer)
{
    (void)context;
    assert_true(told_count < 32);
    told[told_count++] = (struct told){pointer->at, pointer->word, pointer->holder, pointer->index,
                                       pointer->interior};
}

static uint64_t firsts[8];
static size_t first_count;

/* All that stood in blocks before this one is told by then, if that is asked for. */
static void take_first(void *context, uint32_t index, uint64_t word)
{
    (void)context;
    assert_true(first_count < 8);
    if (index == 2)
        reach_tell_now(&fake.reach);
    firsts[first_count++] = word + index + (told_count << 32);
}

static void expect_told(size_t k, uint64_t at, uint64_t word, uint32_t holder, uint32_t index)
{
    assert_true(k < told_count);
    assert_int_equal(told[k].at, at);
    assert_int_equal(told[k].word, word);
    assert_int_equal(told[k].holder, holder);
    assert_int_equal(told[k].index, index);
    assert_int_equal(told[k].interior, word != fake.blocks[index].where);
}

/* Those of a block that was reached twice, first as possibly lost, are told once; those of lost
 * blocks are, too, and what leads behind a block's end is no pointer. */
static void every_pointer_is_told_once(void **state)
{
    uint64_t a = block(32), b = block(32), c = block(32);
    uint64_t inside = fake_heap_root(&fake, a + 8), start = fake_heap_root(&fake, a);
    point(a, b + 8);
    point(a + 24, a);
    point(b, b + 32);
    point(c + 8, b);
    fake_heap_begin(&fake);
    reach_scan_roots(&fake.reach, FAKE_ROOTS, FAKE_ROOTS + 16);
    fake_heap_reach(&fake);
    told_count = 0;
    reach_tell_begin(&fake.reach, take_told, NULL);
    reach_scan_roots(&fake.reach, FAKE_ROOTS, FAKE_ROOTS + 16);
    reach_tell_words(&fake.reach, (uint64_t[]){0, c, b}, 3, 1ull << 56);
    reach_tell_blocks(&fake.reach, NULL);
    free(fake.scratch);
    assert_int_equal(told_count, 7);
    expect_told(0, inside, a + 8, REACH_NO_BLOCK, 0);
    expect_told(1, start, a, REACH_NO_BLOCK, 0);
    expect_told(2, (1ull << 56) + 8, c, REACH_NO_BLOCK, 2);
    expect_told(3, (1ull << 56) + 16, b, REACH_NO_BLOCK, 1);
    expect_told(4, a, b + 8, 0, 1);
    expect_told(5, a + 24, a, 0, 0);
    expect_told(6, c + 8, b, 2, 1);
    assert_int_equal(fake_heap_verdict(&fake, c)->kind, TRACE_DEFINITELY_LOST);
}

/* Of blocks that begin with a word that is no pointer to a block. */
static void first_words_are_told(void **state)
{
    (void)state;
    uint64_t a = block(32), b = block(32), c = block(32), small = block(7);
    point(a, 0x7000);
    point(a + 8, b);
    point(b, a);
    point(c, 0x9000);
    fake_heap_begin(&fake);
    fake_heap_reach(&fake);
    told_count = first_count = 0;
    reach_tell_begin(&fake.reach, take_told, NULL);
    reach_tell_blocks(&fake.reach, take_first);
    free(fake.scratch);
    assert_int_equal(first_count, 2);
    assert_int_equal(firsts[0], 0x7000);
    assert_int_equal(firsts[1], 0x9002 + (2ull << 32));
    assert_int_equal(told_count, 2);
    assert_true(small > c);
}

/* --- the heads of cycles ------------------------------------------------- */

/* A block's account says how old its stack is. */
static uint32_t age_of(const struct trace_block *block)
{
    return trace_block_account(block->what);
}

static uint64_t aged_block(uint64_t size, uint64_t age)
{
    uint64_t address = block(size);
    fake.blocks[fake.n - 1].what |= age << TRACE_SIZE_BITS;
    return address;
}

static void check_and_choose(void)
{
    fake_heap_begin(&fake);
    reach_scan_roots(&fake.reach, FAKE_ROOTS, FAKE_ROOTS + 8 * fake.roots_used);
    fake_heap_reach(&fake);
    reach_cycle_choose(&fake.reach, age_of);
    for (uint32_t k = 0; k < fake.n; k++)
        fake.verdicts[k] = reach_verdict_of(&fake.reach, k);
    uint64_t address;
    assert_null(reach_check(&fake.reach, &address));
    free(fake.scratch);
}

/* The oldest of those that lead to the head, not the oldest that hangs on it. */
static void oldest_block_of_a_cycle_is_its_head(void **state)
{
    (void)state;
    uint64_t a = aged_block(32, 7), b = aged_block(48, 5), c = aged_block(64, 6);
    uint64_t below = aged_block(16, 1), held = aged_block(16, 2);
    point(a, b);
    point(b, c);
    point(c, a);
    point(b + 8, below);
    fake_heap_root(&fake, held);
    check_and_choose();
    expect(b, TRACE_DEFINITELY_LOST);
    expect_under(a, b);
    expect_under(c, b);
    expect_under(below, b);
    expect(held, TRACE_REACHABLE);
    assert_int_equal(fake_heap_verdict(&fake, a)->pointer_at, c);
    assert_int_equal(fake_heap_verdict(&fake, b)->pointer_at, a);
}

/* 100 of two blocks each, in whatever order they lie: one kind of head. */
static void equal_cycles_have_equal_heads(void **state)
{
    (void)state;
    uint64_t first[30];
    for (unsigned i = 0; i < 30; i++)
        first[i] = aged_block(i % 3 ? 32 : 48, i % 3 ? 2 : 1);
    for (unsigned i = 0; i < 10; i++) {
        uint64_t owner = first[3 * i], other = first[(3 * i + 31 - 2 * (i % 2)) % 30];
        point(owner, other);
        point(other, owner);
    }
    check_and_choose();
    for (unsigned i = 0; i < 10; i++)
        expect(first[3 * i], TRACE_DEFINITELY_LOST);
}

/* Two cycles, one hanging on the other, and one of equally old blocks. */
static void other_heads_stay(void **state)
{
    (void)state;
    uint64_t a = aged_block(32, 3), b = aged_block(32, 4), c = aged_block(32, 1);
    uint64_t d = aged_block(32, 2), e = aged_block(32, 9), f = aged_block(32, 9);
    point(a, b);
    point(b, a);
    point(b + 8, c);
    point(c, d);
    point(d, c);
    point(e, f);
    point(f, e);
    check_and_choose();
    expect(a, TRACE_DEFINITELY_LOST);
    expect_under(c, a);
    expect_under(d, a);
    expect(e, TRACE_DEFINITELY_LOST);
    expect_under(f, e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(no_blocks_at_all),
        CASE(chain_from_a_root_is_reachable),
        CASE(interior_pointer_is_possible),
        CASE(sure_path_lifts_what_was_possible),
        CASE(deep_sure_path_lifts_late),
        CASE(registers_are_roots),
        CASE(marked_block_is_a_root),
        CASE(last_byte_is_inside_and_the_next_is_not),
        CASE(block_of_no_bytes_counts_as_one),
        CASE(only_aligned_words_count),
        CASE(words_cut_by_the_ends_of_a_range_do_not_count),
        CASE(unused_part_of_a_large_block_is_not_read),
        CASE(size_that_is_kept_elsewhere),
        CASE(holes_are_skipped_and_counted),
        CASE(root_range_of_which_nothing_is_there),
        CASE(long_ranges_are_read_in_pieces),
        CASE(lost_chain_hangs_on_its_first_block),
        CASE(head_is_taken_over_by_a_later_one),
        CASE(members_follow_their_head),
        CASE(lowest_block_of_a_cycle_is_its_head),
        CASE(cycle_is_taken_over_from_outside),
        CASE(two_heads_share_a_block),
        CASE(lost_block_may_point_to_a_reachable_one),
        CASE(every_pointer_is_told_once),
        CASE(first_words_are_told),
        CASE(oldest_block_of_a_cycle_is_its_head),
        CASE(equal_cycles_have_equal_heads),
        CASE(other_heads_stay),
        CASE(check_finds_a_reachable_block_called_lost),
        CASE(check_finds_a_reachable_block_called_possible),
        CASE(check_finds_wrong_heads),
        CASE(unsorted_blocks_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
