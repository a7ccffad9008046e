#include "log/chunk_table.h"
#include "scratch.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define FIRST_LOG2 4u

static atomic_int grown;
static atomic_int grow_limit; /* chunks that may be made */

static void *grow_counted(struct chunk_table *table, unsigned number, size_t bytes, uint64_t first)
{
    assert_int_equal(first, chunk_table_first_of(table, number));
    assert_int_equal(bytes, (table->record_size << table->first_log2) << number);
    if (grown >= grow_limit)
        return NULL;
    grown++;
    return calloc(1, bytes);
}

static struct chunk_table *make_table(uint32_t record_size, int chunks)
{
    struct chunk_table *table = aligned_alloc(64, sizeof *table);
    memset(table, 0, sizeof *table);
    table->grow = grow_counted;
    table->record_size = record_size;
    table->first_log2 = FIRST_LOG2;
    grown = 0;
    grow_limit = chunks;
    return table;
}

static void discard(struct chunk_table *table)
{
    for (unsigned chunk = 0; chunk < CHUNK_TABLE_CHUNKS; chunk++)
        free(table->chunk[chunk]);
    free(table);
}

static void chunks_meet_without_gap(void **state)
{
    struct chunk_table *table = make_table(8, 0);
    for (unsigned chunk = 0; chunk < 36; chunk++) {
        uint64_t first = chunk_table_first_of(table, chunk);
        uint64_t next = chunk_table_first_of(table, chunk + 1);
        assert_int_equal(next - first, 1ull << (FIRST_LOG2 + chunk));
        assert_int_equal(chunk_table_chunk_of(table, first), chunk);
        assert_int_equal(chunk_table_chunk_of(table, next - 1), chunk);
        assert_int_equal(chunk_table_chunk_of(table, next), chunk + 1);
    }
    assert_int_equal(chunk_table_first_of(table, 0), 0);
    discard(table);
}

static void records_stand_side_by_side(void **state)
{
    struct chunk_table *table = make_table(12, 8);
    for (uint64_t i = 0; i < 1000; i++) {
        assert_true(chunk_table_reserve(table, i, true));
        memcpy(chunk_table_at(table, i), &(uint64_t){i * 3}, 8);
    }
    assert_int_equal(grown, 6); /* 16 + 32 + … + 512 = 1008 */
    for (uint64_t i = 0; i < 1000; i++) {
        uint64_t word;
        memcpy(&word, chunk_table_at(table, i), 8);
        assert_int_equal(word, i * 3);
        if (chunk_table_first_of(table, chunk_table_chunk_of(table, i)) != i)
            assert_ptr_equal(chunk_table_at(table, i), (char *)chunk_table_at(table, i - 1) + 12);
    }
    discard(table);
}

static void a_run_lies_in_one_chunk(void **state)
{
    struct chunk_table *table = make_table(1, 8);
    uint64_t index;
    assert_true(chunk_table_claim(table, 10, true, &index));
    assert_int_equal(index, 0);
    assert_true(chunk_table_claim(table, 10, true, &index)); /* 10 … 19 would cross 16 */
    assert_int_equal(chunk_table_chunk_of(table, index), chunk_table_chunk_of(table, index + 9));
    assert_true(index >= 16);
    uint64_t before = index;
    assert_true(chunk_table_claim(table, 16, true, &index)); /* the longest that chunk 0 holds */
    assert_true(index >= before + 10);
    assert_int_equal(chunk_table_chunk_of(table, index), chunk_table_chunk_of(table, index + 15));
    discard(table);
}

static void a_failed_grow_leaves_what_is_there(void **state)
{
    struct chunk_table *table = make_table(8, 1);
    uint64_t index;
    for (unsigned i = 0; i < 16; i++) {
        assert_true(chunk_table_claim(table, 1, true, &index));
        *(uint64_t *)chunk_table_at(table, index) = 100 + i;
    }
    assert_false(chunk_table_claim(table, 1, true, &index));
    assert_true(table->full);
    uint64_t count = table->count;
    /* From now on it is cheap, and counts do not run away. */
    for (unsigned i = 0; i < 100; i++)
        assert_false(chunk_table_claim(table, 1, true, &index));
    assert_int_equal(table->count, count);
    assert_true(chunk_table_reserve(table, 15, false));
    assert_false(chunk_table_reserve(table, 16, true));
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(*(uint64_t *)chunk_table_at(table, i), 100 + i);
    discard(table);
}

static void the_next_chunk_is_made_ahead(void **state)
{
    struct chunk_table *table = make_table(8, 2);
    uint64_t index;
    for (unsigned i = 0; i < 13; i++) { /* 16 in the first chunk, 32 in the second */
        assert_true(chunk_table_claim(table, 1, true, &index));
        chunk_table_prepare(table, index);
        assert_int_equal(grown, i < 12 ? 1 : 2);
    }
    for (unsigned i = 13; i < 48; i++) { /* the third is not made; what is there serves on */
        assert_true(chunk_table_claim(table, 1, true, &index));
        assert_int_equal(index, i);
        chunk_table_prepare(table, index);
        assert_int_equal(table->full, i >= 16 + 24);
    }
    assert_false(chunk_table_claim(table, 1, true, &index));
    discard(table);
}

static void who_may_not_wait_does_not(void **state)
{
    struct chunk_table *table = make_table(8, 4);
    table->growing = 1; /* a thread that never comes back: below us on our own stack, say */
    assert_false(chunk_table_reserve(table, 0, false));
    assert_false(chunk_table_reserve(table, 0, true)); /* gives up after a bounded time */
    assert_int_equal(grown, 0);
    table->growing = 0;
    assert_true(chunk_table_reserve(table, 0, false));
    discard(table);
}

static void indexes_beyond_all_chunks(void **state)
{
    struct chunk_table *table = make_table(8, 4);
    assert_false(chunk_table_reserve(table, 1ull << 60, true));
    assert_int_equal(grown, 0);
    discard(table);
}

#define THREADS 4
#define CLAIMS  20000

static void *claim_many(void *argument)
{
    struct chunk_table *table = argument;
    for (unsigned i = 0; i < CLAIMS; i++) {
        uint64_t index;
        uint32_t length = 1 + i % 3;
        if (!chunk_table_claim(table, length, true, &index))
            return (void *)1;
        for (uint32_t k = 0; k < length; k++)
            __atomic_fetch_add((uint32_t *)chunk_table_at(table, index + k), 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

static void concurrent_claims_are_unique(void **state)
{
    struct chunk_table *table = make_table(sizeof(uint32_t), 30);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, claim_many, table);
    for (int i = 0; i < THREADS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    uint64_t taken = 0;
    for (uint64_t i = 0; i < table->count; i++) {
        uint32_t owners = *(uint32_t *)chunk_table_at(table, i);
        assert_true(owners <= 1);
        taken += owners;
    }
    uint64_t expected = 0;
    for (unsigned i = 0; i < CLAIMS; i++)
        expected += THREADS * (1 + i % 3);
    assert_int_equal(taken, expected);
    discard(table);
}

/* --- a thread that is cancelled in the midst of it ------------------------ */

static struct {
    atomic_int inside;
    atomic_int cancelled;
} dying;

static void *grow_while_cancelled(struct chunk_table *table, unsigned number, size_t bytes,
                                  uint64_t first)
{
    (void)table;
    (void)number;
    (void)first;
    atomic_store(&dying.inside, 1);
    while (!atomic_load(&dying.cancelled))
        continue;
    return calloc(1, bytes);
}

static void *reserve_anywhere(void *table)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    pthread_cleanup_push(scratch_cancelled, NULL);
    chunk_table_reserve(table, 0, true);
    pthread_testcancel();
    pthread_cleanup_pop(0);
    return NULL;
}

static void cancelled_in_the_midst_of_growing(void **state)
{
    pthread_t thread;
    void *result;
    struct chunk_table *table = make_table(8, 1);
    table->grow = grow_while_cancelled;
    pthread_create(&thread, NULL, reserve_anywhere, table);
    while (!atomic_load(&dying.inside))
        continue;
    pthread_cancel(thread);
    atomic_store(&dying.cancelled, 1);
    pthread_join(thread, &result);
    assert_ptr_equal(result, PTHREAD_CANCELED);
    assert_true(chunk_table_reserve(table, 0, true));
    assert_int_equal(table->growing, 0);
    discard(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_meet_without_gap),
        cmocka_unit_test(records_stand_side_by_side),
        cmocka_unit_test(a_run_lies_in_one_chunk),
        cmocka_unit_test(a_failed_grow_leaves_what_is_there),
        cmocka_unit_test(the_next_chunk_is_made_ahead),
        cmocka_unit_test(who_may_not_wait_does_not),
        cmocka_unit_test(indexes_beyond_all_chunks),
        cmocka_unit_test(concurrent_claims_are_unique),
        cmocka_unit_test(cancelled_in_the_midst_of_growing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
