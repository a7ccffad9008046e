#include "tables/pool_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

enum { POOLS = 40, ADDRESSES = 3000, STEPS = 200000 };

/* What the table ought to hold: of each address the pool that has a piece there, or -1. */
static int owner[ADDRESSES];
static uint64_t size_of[ADDRESSES];
static uint64_t key_of[POOLS]; /* 0: it is not there */

static uint64_t address_of(int i)
{
    return 0x500000 + 16 * (uint64_t)i;
}

static unsigned count_pieces(int pool)
{
    unsigned count = 0;
    for (int i = 0; i < ADDRESSES; i++)
        count += owner[i] == pool;
    return count;
}

static void check_pool(int pool)
{
    struct pool *found = pool_table_find(key_of[pool]);
    unsigned count = 0;
    assert_non_null(found);
    for (struct pool_piece *piece = pool_table_at(found->first); piece;
         piece = pool_table_at(piece->next)) {
        int i = (int)((piece->address - 0x500000) / 16);
        assert_int_equal(owner[i], pool);
        assert_int_equal(piece->size, size_of[i]);
        assert_ptr_equal(pool_table_piece(piece->address), piece);
        assert_int_equal(piece->pool, pool_table_number(found));
        count++;
    }
    assert_int_equal(count, count_pieces(pool));
}

static void make_or_end_pool(int pool, uint64_t key)
{
    struct pool *found = pool_table_find(key_of[pool]);
    if (!found) {
        key_of[pool] = key;
        assert_non_null(pool_table_add(key, 3));
        return;
    }
    while (found->first)
        pool_table_take(pool_table_at(found->first));
    for (int i = 0; i < ADDRESSES; i++)
        owner[i] = owner[i] == pool ? -1 : owner[i];
    pool_table_remove(found);
    assert_null(pool_table_find(key_of[pool]));
    key_of[pool] = 0;
}

static void put_or_take_piece(int pool, int i, uint64_t size)
{
    struct pool_piece *piece = pool_table_piece(address_of(i));
    assert_true((piece != NULL) == (owner[i] >= 0));
    if (piece) {
        pool_table_take(piece);
        owner[i] = -1;
    } else if (key_of[pool]) {
        assert_true(pool_table_put(pool_table_find(key_of[pool]), address_of(i), size));
        owner[i] = pool;
        size_of[i] = size;
    }
}

static void table_holds_what_a_simple_one_does(void **state)
{
    (void)state;
    srandom(7);
    for (int i = 0; i < ADDRESSES; i++)
        owner[i] = -1;
    for (int step = 1; step <= STEPS; step++) {
        int pool = (int)(random() % POOLS);
        uint64_t key = 0x900000 + 8 * (uint64_t)step;
        if (random() % 500 == 0)
            make_or_end_pool(pool, key);
        else if (random() % 500 == 0 && key_of[pool])
            pool_table_rename(pool_table_find(key_of[pool]), key), key_of[pool] = key;
        else
            put_or_take_piece(pool, (int)(random() % ADDRESSES), (uint64_t)(random() % 1000));
        if (step % 2000 == 0)
            for (int i = 0; i < POOLS; i++)
                if (key_of[i])
                    check_pool(i);
    }
}

static void nothing_is_found_in_an_empty_table(void **state)
{
    (void)state;
    assert_null(pool_table_find(1));
    assert_null(pool_table_find(0));
    assert_null(pool_table_piece(1));
    assert_null(pool_table_at(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_found_in_an_empty_table),
        cmocka_unit_test(table_holds_what_a_simple_one_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
