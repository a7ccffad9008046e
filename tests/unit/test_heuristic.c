/* The four excuses for a pointer into a block: each where it holds, and where it just does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "fake_heap.h"

static struct fake_heap fake;

static int open_fake(void **state)
{
    fake_heap_open(&fake, 8, 1024);
    return 0;
}

static int close_fake(void **state)
{
    fake_heap_close(&fake);
    return 0;
}

/* A check with one root, a pointer `offset` bytes into the block: the verdict. */
static const struct reach_verdict *judge(uint64_t address, uint64_t offset)
{
    fake.roots_used = 0;
    fake_heap_root(&fake, address + offset);
    fake_heap_check(&fake);
    return fake_heap_verdict(&fake, address);
}

static void excused(uint64_t address, uint64_t offset, enum trace_heuristic heuristic)
{
    for (int in_place = 0; in_place < 2; in_place++) {
        fake.in_place = in_place;
        const struct reach_verdict *verdict = judge(address, offset);
        assert_int_equal(verdict->kind, TRACE_REACHABLE);
        assert_int_equal(verdict->heuristic, heuristic);
        assert_int_equal(verdict->interior, 1);
    }
}

static void not_excused(uint64_t address, uint64_t offset)
{
    assert_int_equal(judge(address, offset)->kind, TRACE_POSSIBLY_LOST);
    assert_int_equal(judge(address, offset)->heuristic, TRACE_NO_HEURISTIC);
}

static uint64_t block_with(uint64_t size, uint64_t word0, uint64_t word1)
{
    uint64_t address = fake_heap_block(&fake, size);
    fake_heap_store(&fake, address, word0);
    fake_heap_store(&fake, address + 8, word1);
    return address;
}

static void stdstring(void **state)
{
    uint64_t full = block_with(24 + 10 + 1, 10, 10), some = block_with(24 + 10 + 1, 3, 10);
    excused(full, 24, TRACE_STDSTRING);
    excused(some, 24, TRACE_STDSTRING);
    not_excused(some, 25);
    not_excused(some, 16);
    not_excused(block_with(24 + 10 + 1, 11, 10), 24);
    not_excused(block_with(24 + 10, 3, 10), 24);
    fake.heuristics &= ~(1u << TRACE_STDSTRING);
    not_excused(some, 24);
}

static void length64(void **state)
{
    uint64_t good = block_with(8 + 37, 37, 0);
    excused(good, 8, TRACE_LENGTH64);
    not_excused(good, 16);
    not_excused(block_with(8 + 37, 38, 0), 8);
    /* With this one off the next excuse applies: every length divides itself. */
    fake.heuristics &= ~(1u << TRACE_LENGTH64);
    excused(good, 8, TRACE_NEWARRAY);
    fake.heuristics &= ~(1u << TRACE_NEWARRAY);
    not_excused(good, 8);
}

static void newarray(void **state)
{
    uint64_t five = block_with(8 + 5 * 12, 5, 0), none = block_with(8, 0, 0);
    excused(five, 8, TRACE_NEWARRAY);
    not_excused(five, 20);
    not_excused(block_with(8 + 60, 7, 0), 8);
    not_excused(block_with(8 + 60, 0, 0), 8);
    fake.heuristics &= ~(1u << TRACE_NEWARRAY);
    not_excused(five, 8);
    /* An empty array: its pointer lies behind the block. */
    assert_int_equal(judge(none, 8)->kind, TRACE_DEFINITELY_LOST);
}

#define VTABLE (FAKE_FILE + 64)

static void set_vtable(uint64_t at, uint64_t w0, uint64_t w1, uint64_t w2)
{
    fake_heap_store(&fake, at, w0);
    fake_heap_store(&fake, at + 8, w1);
    fake_heap_store(&fake, at + 16, w2);
}

static void multiple_inheritance(void **state)
{
    set_vtable(VTABLE, FAKE_CODE, FAKE_CODE + 16, 1);
    set_vtable(VTABLE + 64, FAKE_CODE, 0, FAKE_CODE + 32);
    uint64_t object = fake_heap_block(&fake, 48);
    fake_heap_store(&fake, object, VTABLE);
    fake_heap_store(&fake, object + 24, VTABLE + 64);
    excused(object, 24, TRACE_MULTIPLE_INHERITANCE);
    not_excused(object, 25);
    not_excused(object, 16);
    set_vtable(VTABLE + 64, FAKE_CODE, 1, FAKE_CODE); /* no function */
    not_excused(object, 24);
    set_vtable(VTABLE + 64, FAKE_CODE, 0, 0); /* but one */
    not_excused(object, 24);
    set_vtable(VTABLE + 64, FAKE_CODE, FAKE_CODE_END, FAKE_CODE); /* just behind the code */
    not_excused(object, 24);
    set_vtable(VTABLE + 64, FAKE_CODE, FAKE_CODE, 0);
    excused(object, 24, TRACE_MULTIPLE_INHERITANCE);
    set_vtable(VTABLE + 64, 0, 0, 0);
    fake_heap_store(&fake, VTABLE + 64, FAKE_CODE);
    fake_heap_store(&fake, VTABLE + 64 + 21 * 8, FAKE_CODE);
    not_excused(object, 24); /* too far off: valgrind looks at 21 words */
    fake_heap_store(&fake, VTABLE + 64 + 20 * 8, FAKE_CODE);
    excused(object, 24, TRACE_MULTIPLE_INHERITANCE);
    fake_heap_store(&fake, object, 0);
    not_excused(object, 24);
    fake_heap_store(&fake, object, VTABLE);
    fake.heuristics &= ~(1u << TRACE_MULTIPLE_INHERITANCE);
    not_excused(object, 24);
}

/* Tables outside of mapped files, at odd addresses, or at the end of what can be read. */
static void vtables_where_there_can_be_none(void **state)
{
    set_vtable(VTABLE, FAKE_CODE, FAKE_CODE, 0);
    uint64_t table = fake_heap_block(&fake, 32), object = fake_heap_block(&fake, 48);
    set_vtable(table, FAKE_CODE, FAKE_CODE, 0);
    fake_heap_store(&fake, object, VTABLE);
    fake_heap_store(&fake, object + 8, table);
    not_excused(object, 8);
    set_vtable(VTABLE + 68, FAKE_CODE, FAKE_CODE, 0);
    fake_heap_store(&fake, object + 8, VTABLE + 68);
    not_excused(object, 8);
    uint64_t last = FAKE_FILE + FAKE_SMALL_WORDS * 8 - 8;
    fake_heap_store(&fake, last, FAKE_CODE);
    fake_heap_store(&fake, object + 8, last);
    not_excused(object, 8);
    fake_heap_store(&fake, last - 8, FAKE_CODE);
    fake_heap_store(&fake, object + 8, last - 8);
    excused(object, 8, TRACE_MULTIPLE_INHERITANCE);
}

/* An excuse makes a pointer sure: what the block points to is reachable. */
static void excuse_carries_on(void **state)
{
    uint64_t array = block_with(8 + 16, 2, 0), next = fake_heap_block(&fake, 16);
    fake_heap_store(&fake, array + 8, next);
    excused(array, 8, TRACE_NEWARRAY);
    assert_int_equal(fake_heap_verdict(&fake, next)->kind, TRACE_REACHABLE);
}

/* … but not from a doubtful path. */
static void excuse_on_a_doubtful_path(void **state)
{
    uint64_t first = fake_heap_block(&fake, 64), array = block_with(8 + 16, 2, 0);
    fake_heap_store(&fake, first, array + 8);
    not_excused(first, 8);
    assert_int_equal(fake_heap_verdict(&fake, array)->kind, TRACE_POSSIBLY_LOST);
    assert_int_equal(fake_heap_verdict(&fake, array)->heuristic, TRACE_NO_HEURISTIC);
}

/* Also when it comes later, and the block is settled but for that. */
static void pointer_to_the_start_needs_no_excuse(void **state)
{
    uint64_t array = block_with(8 + 16, 2, 0), other = fake_heap_block(&fake, 16);
    fake_heap_root(&fake, array + 8);
    for (unsigned k = 0; k < REACH_COMING; k++)
        fake_heap_root(&fake, other);
    uint64_t start = fake_heap_root(&fake, array);
    fake_heap_check(&fake);
    const struct reach_verdict *verdict = fake_heap_verdict(&fake, array);
    assert_int_equal(verdict->kind, TRACE_REACHABLE);
    assert_int_equal(verdict->heuristic, TRACE_NO_HEURISTIC);
    assert_int_equal(verdict->interior, 0);
    assert_int_equal(verdict->pointer_at, start);
}

/* What cannot be read excuses nothing. */
static void excuse_in_a_hole(void **state)
{
    uint64_t array = block_with(8 + 16, 2, 0);
    fake.hole_begin = array, fake.hole_end = array + 8;
    not_excused(array, 8);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_fake, close_fake)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(stdstring),
        CASE(length64),
        CASE(newarray),
        CASE(multiple_inheritance),
        CASE(vtables_where_there_can_be_none),
        CASE(excuse_carries_on),
        CASE(excuse_on_a_doubtful_path),
        CASE(pointer_to_the_start_needs_no_excuse),
        CASE(excuse_in_a_hole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
