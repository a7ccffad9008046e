#include "tables/freed_blocks.h"

#include "scratch.h"
#include "log/trace_log.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

/* A search that finds nothing looks through all of a ring. */
#define SPARSE (SCRATCH_SANITIZED ? 20 : 1)

static int set_up(void **state)
{
    scratch_begin_log("freed.log");
    return thread_current() ? 0 : -1;
}

static void put(uint64_t address, uint32_t stack)
{
    struct block block = {address, address >> 4 & 1023, stack + 1000, 0, TRACE_BY_NEW};
    freed_blocks_put(thread_current(), &block, stack);
}

static uint32_t found(uint64_t address, bool interior)
{
    struct block block;
    uint32_t stack;
    if (!freed_blocks_find(address, interior, &block, &stack))
        return 0;
    assert_int_equal(block.size, block.address >> 4 & 1023);
    assert_int_equal(block.account, stack + 1000);
    assert_int_equal(block.family, TRACE_BY_NEW);
    assert_true(interior || block.address == address);
    return stack;
}

static void a_free_is_remembered(void **state)
{
    assert_int_equal(found(0x5500000100, true), 0);
    put(0x5500000100, 7);
    assert_int_equal(found(0x5500000100, false), 7);
    assert_int_equal(found(0x5500000110, false), 0);
    assert_int_equal(found(0x5500000110, true), 0); /* it has 16 bytes */
    assert_int_equal(found(0x550000010f, true), 7);
    assert_int_equal(found(0x55000000ff, true), 0);
}

static void the_last_free_of_an_address_counts(void **state)
{
    put(0x5500000100, 7);
    put(0x5500000200, 8);
    put(0x5500000100, 9);
    assert_int_equal(found(0x5500000100, false), 9);
    assert_int_equal(found(0x550000010f, true), 9);
    assert_int_equal(found(0x5500000200, false), 8);
}

static void as_many_as_promised_are_remembered(void **state)
{
    for (uint32_t i = 1; i <= 3 * FREED_BLOCKS + 5; i++)
        put(0x5500000000 + i * 16ull, i);
    const uint32_t forgotten = 2 * FREED_BLOCKS + 5;
    for (uint32_t i = forgotten % (97 * SPARSE); i < 3 * FREED_BLOCKS + 5; i += 97 * SPARSE) {
        assert_int_equal(found(0x5500000000 + i * 16ull, false), i <= forgotten ? 0 : i);
        assert_int_equal(found(0x5500000010 + i * 16ull, false), i < forgotten ? 0 : i + 1);
    }
}

static void *put_in_another_thread(void *context)
{
    const uint32_t *range = context;
    for (uint32_t i = range[0]; i < range[1]; i++)
        put(0x5500000000 + i * 16ull, i + 500000);
    return NULL;
}

static void run_thread(uint32_t from, uint32_t to)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, put_in_another_thread, (uint32_t[]){from, to}),
                     0);
    pthread_join(thread, NULL);
}

static void of_two_threads_the_later_one_counts(void **state)
{
    for (uint32_t i = 1; i <= 200; i++)
        put(0x5500000000 + i * 16ull, i);
    run_thread(1, 101);
    assert_int_equal(found(0x5500000000 + 90 * 16, false), 500090);
    assert_int_equal(found(0x5500000000 + 190 * 16, false), 190);
    for (uint32_t i = 1; i <= 200; i++)
        put(0x5500000000 + i * 16ull, i + 300);
    assert_int_equal(found(0x5500000000 + 90 * 16, false), 390);
}

/* Alive at once, so that each has a ring of its own. */
static pthread_barrier_t barrier;
static void *put_and_wait(void *context)
{
    put_in_another_thread(context);
    pthread_barrier_wait(&barrier);
    return NULL;
}

/* How many of the threads remember the block that they freed so many frees ago. */
static uint32_t remembering(uint32_t (*ranges)[2], uint32_t threads, uint32_t ago)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < threads; i++)
        sum += found(0x5500000000 + (ranges[i][1] - ago) * 16ull, false) != 0;
    return sum;
}

static void later_threads_remember_fewer(void **state)
{
    enum { THREADS = 12 };
    pthread_t threads[THREADS];
    static uint32_t ranges[THREADS][2];
    pthread_barrier_init(&barrier, NULL, THREADS + 1);
    for (uint32_t i = 0; i < THREADS; i++) {
        ranges[i][0] = (i + 1) * 20000;
        ranges[i][1] = (i + 2) * 20000;
        assert_int_equal(pthread_create(&threads[i], NULL, put_and_wait, ranges[i]), 0);
    }
    pthread_barrier_wait(&barrier);
    /* This thread's ring is the first of eight. */
    assert_int_equal(remembering(ranges, THREADS, FREED_BLOCKS), 7);
    assert_int_equal(remembering(ranges, THREADS, FREED_BLOCKS + 1), 0);
    assert_int_equal(remembering(ranges, THREADS, FREED_BLOCKS_LATER), THREADS);
    assert_int_equal(remembering(ranges, THREADS, FREED_BLOCKS_LATER + 1), 7);
    for (uint32_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_free_is_remembered),
        cmocka_unit_test(the_last_free_of_an_address_counts),
        cmocka_unit_test(as_many_as_promised_are_remembered),
        cmocka_unit_test(of_two_threads_the_later_one_counts),
        cmocka_unit_test(later_threads_remember_fewer),
    };
    /* What was freed stays remembered. */
    return scratch_run_apart(tests, sizeof tests / sizeof *tests, set_up);
}
