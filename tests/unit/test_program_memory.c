#include "check/program_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define PAGE 4096ul

/* Six pages: private, of a file and private, a hole, shared, the last page of the file and one
 * behind its end. */
static char *pages;

static void map_at(unsigned page, unsigned count, int flags, int fd)
{
    char *at =
        mmap(pages + page * PAGE, count * PAGE, PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd, 0);
    assert_ptr_equal(at, pages + page * PAGE);
    memset(at, 'a' + (int)page, PAGE);
}

static int map_pages(void **state)
{
    int fd = memfd_create("file", 0);
    assert_int_equal(ftruncate(fd, PAGE), 0);
    pages = mmap(NULL, 6 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    map_at(0, 1, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    map_at(1, 1, MAP_PRIVATE, fd);
    munmap(pages + 2 * PAGE, PAGE);
    map_at(3, 1, MAP_SHARED | MAP_ANONYMOUS, -1);
    map_at(4, 2, MAP_PRIVATE, fd);
    return close(fd);
}

static int unmap_pages(void **state)
{
    return munmap(pages, 6 * PAGE);
}

/* How many bytes of a long read from `page` on there are, and whether they are right. */
static size_t read_from(struct program_memory *memory, unsigned page, size_t offset)
{
    static char copy[6 * PAGE];
    memset(copy, 0, sizeof copy);
    size_t got = program_memory_read(memory, (uintptr_t)pages + page * PAGE + offset, copy,
                                     (6 - page) * PAGE - offset);
    for (size_t k = 0; k < got; k++)
        if (copy[k] != 'a' + (int)(page + (offset + k) / PAGE))
            return SIZE_MAX;
    return got;
}

static int reads_are_right(struct program_memory *memory, size_t from_shared)
{
    return read_from(memory, 0, 100) == 2 * PAGE - 100 && read_from(memory, 1, 8) == PAGE - 8 &&
           read_from(memory, 2, 0) == 0 && read_from(memory, 3, 0) == from_shared &&
           read_from(memory, 4, 0) == PAGE && read_from(memory, 5, 0) == 0;
}

static int is_in_place(struct program_memory *memory, unsigned page, size_t length)
{
    uintptr_t address = (uintptr_t)pages + page * PAGE;
    return program_memory_in_place(memory, address, length) == (const void *)address;
}

static void where_others_may_work_the_kernel_reads(void **state)
{
    struct program_memory memory;
    assert_int_equal(program_memory_open(&memory, false, -1), 0);
    assert_true(reads_are_right(&memory, 2 * PAGE));
    assert_true(memory.has_reader);
    for (unsigned page = 0; page < 6; page++)
        assert_false(is_in_place(&memory, page, 8));
    program_memory_close(&memory);
}

/* A bit for each thing that is not as it should be. */
static int child(void)
{
    struct program_memory memory;
    if (program_memory_open(&memory, true, -1) != 0 || memory.has_reader)
        return 64;
    int wrong = read_from(&memory, 0, 0) != 2 * PAGE || memory.has_reader;
    wrong |= !reads_are_right(&memory, 2 * PAGE) << 1;
    wrong |= !memory.has_reader << 2; /* for what is shared */
    wrong |= (!is_in_place(&memory, 0, PAGE) || is_in_place(&memory, 0, PAGE + 1)) << 3;
    for (unsigned page = 1; page < 6; page++)
        wrong |= is_in_place(&memory, page, 8) << 4;
    program_memory_close(&memory);
    return wrong;
}

static void in_a_child_loads_do(void **state)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(child());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void files_are_known(void **state)
{
    struct program_memory memory;
    assert_int_equal(program_memory_open(&memory, false, -1), 0);
    assert_int_equal(program_memory_file_at(&memory, (uintptr_t)pages), 0);
    assert_int_equal(program_memory_file_at(&memory, (uintptr_t)pages + PAGE),
                     MAPPING_READABLE | MAPPING_WRITABLE | MAPPING_FILE);
    assert_int_equal(program_memory_file_at(&memory, (uintptr_t)pages + 2 * PAGE), 0);
    program_memory_close(&memory);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, map_pages, unmap_pages)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(where_others_may_work_the_kernel_reads),
        CASE(in_a_child_loads_do),
        CASE(files_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
