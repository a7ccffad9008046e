#include "os/vector_state.h"

#include <cpuid.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* An area as XSAVE leaves it, and which of its bytes were visited. */
static struct {
    char bytes[16384];
} area __attribute__((aligned(64)));
static char visited[sizeof area];

static void mark(void *context, uint64_t begin, uint64_t end)
{
    assert_ptr_equal(context, &area);
    assert_true(begin >= (uintptr_t)&area && end <= (uintptr_t)(&area + 1) && begin < end);
    memset(visited + (begin - (uintptr_t)&area), 1, end - begin);
}

static unsigned visit(size_t length, uint64_t in_use)
{
    unsigned count = 0;
    memset(visited, 0, sizeof visited);
    memcpy(area.bytes + 512, &in_use, sizeof in_use);
    vector_state_for_each((uintptr_t)&area, (uintptr_t)&area + length, mark, &area);
    for (size_t i = 0; i < sizeof visited; i++)
        count += visited[i] != 0;
    return count;
}

static void no_area_has_no_registers(void **state)
{
    assert_int_equal(visit(0, ~0ull), 0);
    assert_int_equal(visit(511, ~0ull), 0);
}

/* 8 registers of x87 and 16 of SSE, 16 bytes each; not what lies around them. */
static void fxsave_alone(void **state)
{
    assert_int_equal(visit(512, ~0ull), 24 * 16);
    assert_int_equal(visited[31], 0);
    assert_int_equal(visited[32], 1);
    assert_int_equal(visited[415], 1);
    assert_int_equal(visited[416], 0);
}

static void components_in_their_initial_state_are_left_out(void **state)
{
    assert_int_equal(visit(sizeof area, 3), 24 * 16);
}

static void upper_halves_of_ymm(void **state)
{
    unsigned size, offset, c, d;
    __cpuid_count(0xd, 2, size, offset, c, d);
    if (size == 0)
        return; /* a processor without AVX */
    assert_int_equal(size, 256);
    assert_int_equal(visit(sizeof area, 7), 24 * 16 + size);
    assert_int_equal(visited[offset], 1);
    assert_int_equal(visited[offset - 1], 0);
    assert_int_equal(visited[offset + size], 0);
    assert_int_equal(visit(offset + size - 1, 7), 24 * 16); /* the area ends before it does */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_area_has_no_registers),
        cmocka_unit_test(fxsave_alone),
        cmocka_unit_test(components_in_their_initial_state_are_left_out),
        cmocka_unit_test(upper_halves_of_ymm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
