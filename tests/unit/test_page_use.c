#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "page_use.h"

enum { PAGE = 4096, PAGES = 4096 };
static char *memory;
static struct page_use use;

static int map_memory(void **state)
{
    (void)state;
    memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED || madvise(memory, PAGES * PAGE, MADV_NOHUGEPAGE) != 0;
}

static int unmap_memory(void **state)
{
    (void)state;
    page_use_close(&use);
    return munmap(memory, PAGES * PAGE);
}

static uint64_t next(size_t begin, size_t end)
{
    return page_use_next(&use, (uintptr_t)memory + begin, (uintptr_t)memory + end) -
           (uintptr_t)memory;
}

static void only_used_pages_are_found(void **state)
{
    (void)state;
    memory[3 * PAGE + 5] = 1;
    memory[2000 * PAGE] = 1;
    memory[2001 * PAGE] = 1;
    page_use_open(&use);
    assert_int_equal(next(0, PAGES * PAGE), 3 * PAGE);
    assert_int_equal(next(3 * PAGE + 8, PAGES * PAGE), 3 * PAGE + 8);
    assert_int_equal(next(4 * PAGE, PAGES * PAGE), 2000 * PAGE);
    assert_int_equal(next(2001 * PAGE, PAGES * PAGE), 2001 * PAGE);
    assert_int_equal(next(2002 * PAGE, PAGES * PAGE), PAGES * PAGE);
    assert_int_equal(next(PAGE, 3 * PAGE), 3 * PAGE);
    assert_int_equal(next(PAGE + 8, 2 * PAGE - 8), 2 * PAGE - 8);
    assert_int_equal(next(0, PAGES * PAGE), 3 * PAGE); /* backwards too */
}

/* A page that the child has not touched is its own nevertheless. */
static void forked_child_sees_what_was_used_before(void **state)
{
    (void)state;
    int status;
    memory[7 * PAGE] = 1;
    pid_t child = fork();
    if (child == 0) {
        page_use_open(&use);
        _exit(next(0, PAGES * PAGE) == 7 * PAGE && next(8 * PAGE, PAGES * PAGE) == PAGES * PAGE
                  ? 0
                  : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void everything_counts_as_used_without_the_file(void **state)
{
    (void)state;
    use = (struct page_use){.fd = -1};
    assert_int_equal(next(5 * PAGE, PAGES * PAGE), 5 * PAGE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, map_memory, unmap_memory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(only_used_pages_are_found),
        CASE(forked_child_sees_what_was_used_before),
        CASE(everything_counts_as_used_without_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
