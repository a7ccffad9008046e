/* glibc_chunk against glibc's own malloc: blocks in use, and everything that is none. */
#include "libc/glibc_chunk.h"

#include "libc/real.h"

#include <gnu/libc-version.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const size_t sizes[] = {8,    24,   25,   40,   104,   105,    1000,   1032,
                               1033, 4000, 4096, 5000, 70000, 131000, 200000, 5000000};
#define SIZES (sizeof sizes / sizeof *sizes)

static enum glibc_chunk_state state_of(const void *pointer)
{
    return glibc_chunk_state((uint64_t)pointer);
}

/* Before 2.32 links are plain: a 0 is the end of a fast bin's list, or a block's own word. The
 * eighth of a size is the first that goes to the bin. */
#if __GLIBC_PREREQ(2, 32)
#define LAST_OF_ITS_BIN (-1)
#define ZEROED          GLIBC_CHUNK_USED
#else
#define LAST_OF_ITS_BIN 7
#define ZEROED          GLIBC_CHUNK_UNCERTAIN
#endif

/* The compiler may not know what becomes of a block. */
static void *volatile block;

static void check_blocks(void)
{
    for (size_t i = 0; i < SIZES; i++) {
        block = memset(malloc(sizes[i]), 'x', sizes[i]);
        assert_int_equal(state_of(block), GLIBC_CHUNK_USED);
        assert_int_equal(state_of((char *)block + 8), GLIBC_CHUNK_NONE);
        if (sizes[i] > 100)
            assert_int_equal(state_of((char *)block + 48), GLIBC_CHUNK_NONE);
        free(block);
        assert_int_not_equal(state_of(block), GLIBC_CHUNK_USED);
    }
}

static void blocks_of_every_size(void **state)
{
    check_blocks();
}

static void *in_thread(void *unused)
{
    check_blocks();
    return unused;
}

static void blocks_of_another_arena(void **state)
{
    pthread_t id;
    assert_int_equal(pthread_create(&id, NULL, in_thread, NULL), 0);
    assert_int_equal(pthread_join(id, NULL), 0);
}

/* Since 2.43 there are none: what the cache does not take joins the free memory beside it, in the
 * midst of which its old header stands, as that of a larger block always did. */
static int has_fast_bins(void)
{
    return atoi(strchr(gnu_get_libc_version(), '.') + 1) < 43;
}

/* More of one size than the thread's cache takes, which are 7 or more: the rest goes to a fast bin.
 */
static void blocks_of_a_fast_bin(void **state)
{
    void *blocks[20];
    const int known = has_fast_bins() ? 20 : 7;
    for (int i = 0; i < 20; i++)
        blocks[i] = memset(malloc(40), 'x', 40);
    for (int i = 0; i < 20; i++)
        assert_int_equal(state_of(blocks[i]), GLIBC_CHUNK_USED);
    for (int i = 0; i < 20; i++)
        free(blocks[i]);
    for (int i = 0; i < known; i++) {
        block = blocks[i];
        if (i == LAST_OF_ITS_BIN)
            assert_int_not_equal(state_of(block), GLIBC_CHUNK_USED);
        else
            assert_int_equal(state_of(block), GLIBC_CHUNK_NONE);
    }
}

static void zeroed_blocks(void **state)
{
    for (int i = 0; i < 30; i++) {
        block = calloc(1, 40);
        assert_int_equal(state_of(block), ZEROED);
    }
}

static void aligned_blocks(void **state)
{
    for (size_t alignment = 16; alignment <= 65536; alignment *= 2)
        for (size_t size = 300; size < 1000000; size *= 20) {
            block = memset(aligned_alloc(alignment, size), 'x', size);
            assert_int_equal(state_of(block), GLIBC_CHUNK_USED);
            free(block);
        }
}

static void addresses_of_nothing(void **state)
{
    static char data[4096];
    char stack[4096];
    for (size_t fill = 0; fill < 256; fill++) {
        memset(data, (int)fill, sizeof data);
        memset(stack, (int)fill, sizeof stack);
        for (size_t at = 16; at < sizeof data; at += 16) {
            assert_int_equal(state_of(data + at), GLIBC_CHUNK_NONE);
            assert_int_equal(state_of(stack + at), GLIBC_CHUNK_NONE);
        }
    }
    for (uint64_t bit = 1; bit; bit <<= 1) {
        assert_int_equal(glibc_chunk_state(bit), GLIBC_CHUNK_NONE);
        assert_int_equal(glibc_chunk_state(-bit), GLIBC_CHUNK_NONE);
    }
    assert_int_equal(state_of((void *)check_blocks), GLIBC_CHUNK_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_of_every_size), cmocka_unit_test(blocks_of_another_arena),
        cmocka_unit_test(blocks_of_a_fast_bin), cmocka_unit_test(zeroed_blocks),
        cmocka_unit_test(aligned_blocks),       cmocka_unit_test(addresses_of_nothing),
    };
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return 0; /* malloc is not glibc's there */
#endif
    real_resolve();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
