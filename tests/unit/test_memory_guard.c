#include "os/memory_guard.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define PAGE 4096ul

/* Each case runs in a child, as the faults of this process are not the tracer's own. */

static char *map(int flags, int fd)
{
    return mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);
}

static int copies_everything(void)
{
    static char from[3 << 20], to[3 << 20];
    for (size_t i = 0; i < sizeof from; i++)
        from[i] = (char)(i * 31 + i / 4096);
    return memory_guard_copy((uintptr_t)from, to, sizeof from) == sizeof from &&
           memcmp(from, to, sizeof from) == 0 && memory_guard_copy((uintptr_t)from, to, 0) == 0;
}

static int stops_before_a_hole(void)
{
    char *pages = map(MAP_PRIVATE | MAP_ANONYMOUS, -1), copy[2 * PAGE] = {0};
    memset(pages, 'a', 3 * PAGE);
    munmap(pages + PAGE, PAGE);
    return memory_guard_copy((uintptr_t)pages + 100, copy, 2 * PAGE) == PAGE - 100 &&
           copy[PAGE - 101] == 'a' && copy[PAGE - 100] == 0 &&
           memory_guard_copy((uintptr_t)pages + PAGE, copy, 8) == 0 &&
           memory_guard_copy((uintptr_t)pages + 2 * PAGE, copy, 8) == 8;
}

/* SIGBUS */
static int stops_at_the_end_of_the_file(void)
{
    char copy[2 * PAGE];
    int fd = memfd_create("short", 0);
    if (ftruncate(fd, PAGE) != 0)
        return 0;
    char *pages = map(MAP_PRIVATE, fd);
    memset(pages, 'b', PAGE);
    return memory_guard_copy((uintptr_t)pages, copy, 2 * PAGE) == PAGE && copy[PAGE - 1] == 'b' &&
           memory_guard_copy((uintptr_t)pages + PAGE, copy, PAGE) == 0;
}

static int nonsense_addresses_have_nothing(void)
{
    uint64_t word = 7;
    return memory_guard_copy(0, &word, 8) == 0 && memory_guard_copy(~0ull - 3, &word, 8) == 0 &&
           memory_guard_copy(0x800000000000, &word, 8) == 0 && word == 7;
}

#define GUARD_INSTALL 102 /* MADV_GUARD_INSTALL, which Linux has from 6.13 on */

static int guard_is_zeros_in_place(void)
{
    char *pages = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
    memset(pages, 'c', 3 * PAGE);
    if (madvise(pages + PAGE, PAGE, GUARD_INSTALL) != 0)
        return 1;
    unsigned sum = 0;
    for (size_t i = 0; i < 3 * PAGE; i++)
        sum += ((volatile char *)pages)[i] == 'c';
    return sum == 2 * PAGE;
}

static int (*const cases[])(void) = {
    copies_everything,
    stops_before_a_hole,
    stops_at_the_end_of_the_file,
    nonsense_addresses_have_nothing,
    guard_is_zeros_in_place,
};
#define CASES (sizeof cases / sizeof *cases)

static int run_in_child(int (*run)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(memory_guard_begin() ? run() : 99);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

/* A bit for each case that holds. */
static int run_cases(void)
{
    int held = 0;
    for (size_t i = 0; i < CASES; i++)
        held |= (cases[i]() != 0) << i;
    return held;
}

static void what_is_there_is_copied(void **state)
{
    int status = run_in_child(run_cases);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), (1 << CASES) - 1);
}

static int fault(void)
{
    volatile char *page = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return *page;
}

static void other_faults_end_the_process(void **state)
{
    int status = run_in_child(fault);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSEGV);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_there_is_copied),
        cmocka_unit_test(other_faults_end_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
