#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/page_use.h"

enum { PAGE = 4096, PAGES = 4096 };
static char *memory;
static struct page_use use;
static int forker = -1;
static enum page_use_kind kind = PAGE_USE_PRIVATE;
static uint64_t until;

static int map_memory(void **state)
{
    memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED || madvise(memory, PAGES * PAGE, MADV_NOHUGEPAGE) != 0;
}

static int unmap_memory(void **state)
{
    page_use_close(&use);
    if (forker >= 0)
        close(forker);
    forker = -1;
    kind = PAGE_USE_PRIVATE;
    return munmap(memory, PAGES * PAGE);
}

static uint64_t next(size_t begin, size_t end)
{
    uint64_t found =
        page_use_next(&use, kind, (uintptr_t)memory + begin, (uintptr_t)memory + end, &until);
    until -= (uintptr_t)memory;
    return found - (uintptr_t)memory;
}

static void only_used_pages_are_found(void **state)
{
    memory[3 * PAGE + 5] = 1;
    memory[2000 * PAGE] = 1;
    memory[2001 * PAGE] = 1;
    page_use_open(&use, forker);
    assert_int_equal(next(0, PAGES * PAGE), 3 * PAGE);
    assert_int_equal(next(3 * PAGE + 8, PAGES * PAGE), 3 * PAGE + 8);
    assert_int_equal(next(4 * PAGE, PAGES * PAGE), 2000 * PAGE);
    assert_int_equal(next(2001 * PAGE, PAGES * PAGE), 2001 * PAGE);
    assert_int_equal(next(2002 * PAGE, PAGES * PAGE), PAGES * PAGE);
    assert_int_equal(next(PAGE, 3 * PAGE), 3 * PAGE);
    assert_int_equal(next(PAGE + 8, 2 * PAGE - 8), 2 * PAGE - 8);
    assert_int_equal(next(0, PAGES * PAGE), 3 * PAGE); /* backwards too */
    assert_int_equal(until, 4 * PAGE);
    next(4 * PAGE, PAGES * PAGE);
    assert_int_equal(until, 2002 * PAGE);
    next(2000 * PAGE, 2001 * PAGE + 8);
    assert_int_equal(until, 2001 * PAGE + 8);
}

/* A page that the child has not touched is its own nevertheless. */
static void forked_child_sees_what_was_used_before(void **state)
{
    int status;
    memory[7 * PAGE] = 1;
    pid_t child = fork();
    if (child == 0) {
        page_use_open(&use, forker);
        _exit(next(0, PAGES * PAGE) == 7 * PAGE && next(8 * PAGE, PAGES * PAGE) == PAGES * PAGE
                  ? 0
                  : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void everything_counts_as_used_without_the_file(void **state)
{
    use = (struct page_use){.own = -1, .forker = -1};
    assert_int_equal(next(5 * PAGE, PAGES * PAGE), 5 * PAGE);
}

/* In place of the private memory. */
static void map_instead(int flags, int fd)
{
    munmap(memory, PAGES * PAGE);
    memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);
    assert_ptr_not_equal(memory, MAP_FAILED);
}

static int sparse_file(void)
{
    int fd = memfd_create("sparse", 0);
    assert_int_equal(ftruncate(fd, PAGES * PAGE), 0);
    assert_int_equal(pwrite(fd, "x", 1, 5 * PAGE), 1);
    return fd;
}

/* Pages 3 and 2000 by this process, 5 by nobody's mapping. */
static bool finds_the_three(void)
{
    return next(0, PAGES * PAGE) == 3 * PAGE && until == 4 * PAGE &&
           next(4 * PAGE, PAGES * PAGE) == 5 * PAGE && until == 6 * PAGE &&
           next(6 * PAGE, PAGES * PAGE) == 2000 * PAGE &&
           next(2001 * PAGE, PAGES * PAGE) == PAGES * PAGE;
}

static void check_here_and_in_a_child(void)
{
    int status;
    memory[3 * PAGE] = memory[2000 * PAGE] = 1;
    forker = page_use_open_forker();
    page_use_open(&use, forker);
    assert_true(finds_the_three());
    page_use_close(&use);
    pid_t child = fork();
    if (child == 0) {
        page_use_open(&use, forker);
        _exit(finds_the_three() ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void of_shared_memory_what_others_wrote_is_used(void **state)
{
    int fd = sparse_file();
    kind = PAGE_USE_SHARED;
    map_instead(MAP_SHARED, fd);
    check_here_and_in_a_child();
    close(fd);
}

static void of_a_file_what_is_in_memory_is_used(void **state)
{
    int fd = sparse_file();
    kind = PAGE_USE_PRIVATE_FILE;
    map_instead(MAP_PRIVATE, fd);
    check_here_and_in_a_child();
    close(fd);
}

static void without_the_forkers_pages_the_cache_tells(void **state)
{
    int fd = sparse_file();
    kind = PAGE_USE_SHARED;
    map_instead(MAP_SHARED, fd);
    memory[3 * PAGE] = memory[2000 * PAGE] = 1;
    page_use_open(&use, -1);
    assert_true(finds_the_three());
    close(fd);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, map_memory, unmap_memory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(only_used_pages_are_found),
        CASE(forked_child_sees_what_was_used_before),
        CASE(everything_counts_as_used_without_the_file),
        CASE(of_shared_memory_what_others_wrote_is_used),
        CASE(of_a_file_what_is_in_memory_is_used),
        CASE(without_the_forkers_pages_the_cache_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
