/* Random heaps against a plain implementation of the same rules, and large ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fake_heap.h"

static uint64_t seed;

static uint64_t draw(uint64_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
}

/* --- the plain implementation: no index, no stack, repeated until nothing changes --- */

struct plain {
    uint64_t start, size;
    enum trace_leak_kind kind;
    size_t head;
};

static struct plain plain[256];
static size_t plain_n;
static struct fake_heap fake;

static size_t plain_find(uint64_t pointer)
{
    for (size_t k = 0; k < plain_n; k++)
        if (pointer >= plain[k].start &&
            pointer < plain[k].start + (plain[k].size ? plain[k].size : 1))
            return k;
    return plain_n;
}

static uint64_t plain_word(uint64_t address)
{
    return fake.heap[(address - FAKE_HEAP) / 8];
}

static bool plain_excuse(const struct plain *block, uint64_t pointer)
{
    uint64_t offset = pointer - block->start, first = plain_word(block->start);
    if (offset == 8 && first > 0 && (block->size - 8) % first == 0)
        return true; /* length64 is a case of it */
    return offset == 24 && plain_word(block->start + 8) + 25 == block->size &&
           first <= plain_word(block->start + 8);
}

static bool plain_rise(uint64_t word, bool sure)
{
    size_t k = plain_find(word);
    if (k == plain_n || plain[k].kind == TRACE_REACHABLE)
        return false;
    enum trace_leak_kind kind = TRACE_POSSIBLY_LOST;
    if (sure && (word == plain[k].start || plain_excuse(&plain[k], word)))
        kind = TRACE_REACHABLE;
    if (kind >= plain[k].kind)
        return false;
    plain[k].kind = kind;
    return true;
}

static bool plain_pass(void)
{
    bool changed = false;
    for (size_t k = 0; k < fake.roots_used; k++)
        changed |= plain_rise(fake.roots[k], true);
    for (size_t k = 0; k < plain_n; k++)
        if (plain[k].kind <= TRACE_POSSIBLY_LOST)
            for (uint64_t at = plain[k].start; at + 8 <= plain[k].start + plain[k].size; at += 8)
                changed |= plain_rise(plain_word(at), plain[k].kind == TRACE_REACHABLE);
    return changed;
}

static void plain_gather(size_t from, size_t head)
{
    for (uint64_t at = plain[from].start; at + 8 <= plain[from].start + plain[from].size; at += 8) {
        size_t k = plain_find(plain_word(at));
        if (k == plain_n || k == head || plain[k].kind != TRACE_DEFINITELY_LOST)
            continue;
        plain[k].kind = TRACE_INDIRECTLY_LOST;
        plain[k].head = head;
        plain_gather(k, head);
    }
}

static void plain_check(void)
{
    plain_n = fake.n;
    for (size_t k = 0; k < plain_n; k++)
        plain[k] = (struct plain){fake.blocks[k].where, fake.blocks[k].what, TRACE_DEFINITELY_LOST,
                                  plain_n};
    while (plain_pass())
        ;
    for (size_t k = 0; k < plain_n; k++)
        if (plain[k].kind == TRACE_DEFINITELY_LOST)
            plain_gather(k, k);
}

static size_t plain_head(size_t k)
{
    while (plain[k].kind == TRACE_INDIRECTLY_LOST)
        k = plain[k].head;
    return k;
}

/* --- random heaps -------------------------------------------------------- */

/* A word of the kinds that matter: pointers to a start, inside, just behind; counts; noise. */
static uint64_t draw_word(void)
{
    const struct trace_block *block = &fake.blocks[draw(fake.n)];
    switch (draw(10)) {
    case 0:
    case 1:
    case 2:
        return block->where;
    case 3:
        return block->where + draw(block->what + 2);
    case 4:
        return block->where + 8 * (1 + draw(3));
    case 5:
        return draw(40);
    default:
        return 0;
    }
}

static void draw_heap(size_t n, size_t roots)
{
    fake_heap_open(&fake, n, n * 16 + 64);
    fake.in_place = draw(2);
    for (size_t k = 0; k < n; k++) {
        fake_heap_block(&fake, draw(80));
        fake.next += 16 * draw(2);
    }
    for (size_t k = 0; k < n; k++)
        for (uint64_t at = 0; at < fake.blocks[k].what; at += 8)
            fake_heap_store(&fake, fake.blocks[k].where + at, draw_word());
    for (size_t k = 0; k < roots; k++)
        fake_heap_root(&fake, draw_word());
}

static void compare(uint64_t number)
{
    plain_check();
    for (size_t k = 0; k < fake.n; k++) {
        const struct reach_verdict *verdict = &fake.verdicts[k];
        uint32_t head = TRACE_HEAD_NONE;
        if (plain[k].kind == TRACE_INDIRECTLY_LOST)
            head = (uint32_t)plain_head(k);
        if (verdict->kind != plain[k].kind || verdict->head != head)
            fail_msg("heap %llu, block %zu: kind %d head %d, plainly kind %d head %d",
                     (unsigned long long)number, k, verdict->kind, (int)verdict->head,
                     plain[k].kind, (int)head);
    }
}

static void random_heaps_agree_with_the_plain_rules(void **state)
{
    size_t kinds[4] = {0};
    for (uint64_t number = 0; number < 3000; number++) {
        seed = number;
        draw_heap(1 + draw(number % 10 ? 30 : 256), draw(8));
        fake_heap_check(&fake);
        compare(number);
        for (size_t k = 0; k < fake.n; k++)
            kinds[fake.verdicts[k].kind]++;
        fake_heap_close(&fake);
    }
    for (int kind = 0; kind < 4; kind++)
        assert_true(kinds[kind] > 1000); /* the heaps were worth drawing */
}

/* --- large heaps --------------------------------------------------------- */

/* Each block points to the one before it; the last one is held, or not, or by its second byte. */
static void list_of_a_million(void **state)
{
    const size_t n = 1000 * 1000;
    fake_heap_open(&fake, n, n * 4 + 64);
    fake.in_place = true;
    for (size_t k = 0; k < n; k++)
        fake_heap_block(&fake, 16);
    for (size_t k = 1; k < n; k++)
        fake_heap_store(&fake, fake.blocks[k].where, fake.blocks[k - 1].where);
    const enum trace_leak_kind kinds[] = {TRACE_REACHABLE, TRACE_POSSIBLY_LOST};
    for (size_t offset = 0; offset < 2; offset++) {
        fake.roots_used = 0;
        fake_heap_root(&fake, fake.blocks[n - 1].where + offset);
        fake_heap_check(&fake);
        for (size_t k = 0; k < n; k++)
            assert_int_equal(fake.verdicts[k].kind, kinds[offset]);
    }
    fake.roots_used = 0;
    fake_heap_check(&fake); /* every block is a head until the next one takes it over */
    for (size_t k = 0; k < n - 1; k++)
        assert_int_equal(fake.verdicts[k].head, n - 1);
    assert_int_equal(fake.verdicts[n - 1].kind, TRACE_DEFINITELY_LOST);
    fake_heap_close(&fake);
}

/* Two pointers in each block to any other: nearly all hang together. */
static void two_million_blocks_at_random(void **state)
{
    const size_t n = 2 * 1000 * 1000;
    fake_heap_open(&fake, n, n * 8 + 64);
    fake.in_place = true;
    seed = 1;
    for (size_t k = 0; k < n; k++)
        fake_heap_block(&fake, 24 + draw(24));
    for (size_t k = 0; k < n; k++) {
        fake_heap_store(&fake, fake.blocks[k].where, fake.blocks[draw(n)].where);
        fake_heap_store(&fake, fake.blocks[k].where + 16, fake.blocks[draw(n)].where);
    }
    for (size_t k = 0; k < 10; k++)
        fake_heap_root(&fake, fake.blocks[draw(n)].where);
    fake_heap_check(&fake);
    size_t reachable = 0;
    for (size_t k = 0; k < n; k++)
        reachable += fake.verdicts[k].kind == TRACE_REACHABLE;
    assert_in_range(reachable, n * 78 / 100, n * 81 / 100); /* 1 - r = e^(-2r): 0.797 */
    fake_heap_close(&fake);
}

/* A table of all blocks in no order: more of them wait than the stack has places. Every second one
 * leads to another block that only it leads to, so that some are met behind the search and some in
 * front of it. */
static void table_of_more_than_the_stack_holds(void **state)
{
    const size_t n = 10 * REACH_STACK_MIN, half = n / 2;
    fake_heap_open(&fake, n + 1, n * 8 + 64);
    seed = 5;
    uint64_t table = fake_heap_block(&fake, half * 8);
    for (size_t k = 0; k < n; k++)
        fake_heap_block(&fake, 24);
    for (size_t k = 0; k < half; k++) {
        uint64_t place = k * 12347 % half; /* 12347 and half have no common factor */
        fake_heap_store(&fake, table + k * 8, fake.blocks[1 + 2 * place].where);
        fake_heap_store(&fake, fake.blocks[1 + 2 * place].where + 8,
                        fake.blocks[2 + 2 * (place * 4321 % half)].where);
    }
    fake_heap_root(&fake, table);
    fake_heap_check(&fake);
    for (size_t k = 0; k <= n; k++)
        assert_int_equal(fake.verdicts[k].kind, TRACE_REACHABLE);
    fake.roots_used = 0;
    fake_heap_check(&fake); /* the table is the head of all */
    for (size_t k = 1; k <= n; k++)
        assert_int_equal(fake.verdicts[k].head, 0);
    fake_heap_close(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_heaps_agree_with_the_plain_rules),
        cmocka_unit_test(list_of_a_million),
        cmocka_unit_test(two_million_blocks_at_random),
        cmocka_unit_test(table_of_more_than_the_stack_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
