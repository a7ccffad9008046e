#include "os/shared_swap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct shared_swap swap;

static void take(const char *text)
{
    char copy[2000];
    snprintf(copy, sizeof copy, "%s", text);
    for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n"))
        shared_swap_take_line(&swap, line);
}

static void shared_mappings_with_swap_are_told(void **state)
{
    swap = (struct shared_swap){.count = 0};
    take("7f0000001000-7f0000005000 rw-s 00000000 00:01 1027   /dev/zero (deleted)\n"
         "Size:                 16 kB\n"
         "Swap:                  8 kB\n"
         "SwapPss:               4 kB\n"
         "7f0000006000-7f0000007000 rw-s 00000000 00:01 1028   /dev/shm/Swap: 4\n"
         "Swap:                  0 kB\n"
         "SwapPss:               4 kB\n"
         "7f0000008000-7f0000009000 rw-p 00000000 00:00 0\n"
         "Swap:                  4 kB\n"
         "fffff000-fffff800 ---s 00000000 00:00 0\n"
         "Swap:               1024 kB\n");
    assert_int_equal(swap.count, 2);
    assert_true(shared_swap_has(&swap, 0x7f0000001000));
    assert_false(shared_swap_has(&swap, 0x7f0000006000));
    assert_false(shared_swap_has(&swap, 0x7f0000008000));
    assert_true(shared_swap_has(&swap, 0xfffff000));
}

static void huge_pages_are_told(void **state)
{
    swap = (struct shared_swap){.count = 0};
    take("7f0000000000-7f0000400000 rw-s 00000000 00:0f 1027   /anon_hugepage (deleted)\n"
         "KernelPageSize:     2048 kB\n"
         "7f0000800000-7f0000c00000 rw-s 00000000 00:01 1028   /dev/zero (deleted)\n"
         "KernelPageSize:        4 kB\n"
         "MMUPageSize:        2048 kB\n"
         "7f0001000000-7f0001400000 rw-p 00000000 00:0f 1029   /anon_hugepage (deleted)\n"
         "KernelPageSize:     2048 kB\n");
    assert_int_equal(swap.count, 1);
    assert_true(shared_swap_has(&swap, 0x7f0000000000));
}

static void with_too_many_of_them_all_count(void **state)
{
    char text[100];
    swap = (struct shared_swap){.count = 0};
    for (unsigned i = 1; i <= SHARED_SWAP_MOST; i++) {
        snprintf(text, sizeof text, "%x000-%x800 rw-s 0 0 0\nSwap: 4 kB\n", i, i);
        take(text);
    }
    assert_true(shared_swap_has(&swap, SHARED_SWAP_MOST * 0x1000));
    assert_false(shared_swap_has(&swap, 0xabc000));
    take("99999000-9999a000 rw-s 0 0 0\nSwap: 4 kB\n");
    assert_true(shared_swap_has(&swap, 0xabc000));
}

static void bad_lines_say_nothing(void **state)
{
    swap = (struct shared_swap){.count = 0};
    take("-\n1000-\n1000-2000\n1000-2000 \n1000-2000 rw\nSwap:\nSwap: 4 kB\nSwap: -1 kB\n");
    assert_int_equal(swap.count, 0);
    shared_swap_load(&swap, true);
    assert_false(shared_swap_has(&swap, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_mappings_with_swap_are_told),
        cmocka_unit_test(huge_pages_are_told),
        cmocka_unit_test(with_too_many_of_them_all_count),
        cmocka_unit_test(bad_lines_say_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
