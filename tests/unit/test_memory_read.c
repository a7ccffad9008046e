#include "os/memory_read.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "os/sys.h"

#define PAGE 4096ul

/* Every case runs twice: through process_vm_readv, and in a child where seccomp refuses it. */

/* Three pages; the middle one is made unreadable or unmapped by the case. */
static char *three_pages(void)
{
    char *pages = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(pages, 'a', 3 * PAGE);
    return pages;
}

static int reads_everything(struct memory_reader *reader)
{
    static char from[3 << 20], to[3 << 20];
    for (size_t i = 0; i < sizeof from; i++)
        from[i] = (char)(i * 31 + i / 4096);
    return memory_read(reader, (uintptr_t)from, to, sizeof from) == sizeof from &&
           memcmp(from, to, sizeof from) == 0 && reader->not_read == 0;
}

static int stops_before_a_hole(struct memory_reader *reader)
{
    char *pages = three_pages(), copy[2 * PAGE] = {0};
    munmap(pages + PAGE, PAGE);
    int ok = memory_read(reader, (uintptr_t)pages + 100, copy, 2 * PAGE) == PAGE - 100 &&
             copy[PAGE - 101] == 'a' && copy[PAGE - 100] == 0 && reader->not_read == PAGE + 100 &&
             memory_read(reader, (uintptr_t)pages + PAGE, copy, 8) == 0 &&
             memory_read(reader, (uintptr_t)pages + 2 * PAGE, copy, 8) == 8;
    munmap(pages, 3 * PAGE);
    return ok;
}

/* The mapping is longer than the file: touching its second page would be a SIGBUS. */
static int stops_at_the_end_of_the_file(struct memory_reader *reader)
{
    char copy[2 * PAGE];
    int fd = memfd_create("short", 0);
    if (ftruncate(fd, 2 * PAGE) != 0)
        return 0;
    char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    memset(pages, 'b', 2 * PAGE);
    if (ftruncate(fd, PAGE) != 0)
        return 0;
    int ok = memory_read(reader, (uintptr_t)pages, copy, 2 * PAGE) == PAGE &&
             copy[PAGE - 1] == 'b' &&
             memory_read(reader, (uintptr_t)pages + PAGE, copy, PAGE) == 0 &&
             reader->not_read == 2 * PAGE;
    munmap(pages, 2 * PAGE);
    close(fd);
    return ok;
}

static int nonsense_addresses_have_nothing(struct memory_reader *reader)
{
    uint64_t word;
    return memory_read(reader, 0, &word, 8) == 0 && memory_read(reader, 0x1000, &word, 8) == 0 &&
           memory_read(reader, ~0ull - 3, &word, 8) == 0 &&
           memory_read(reader, 0x800000000000, &word, 8) == 0;
}

static int (*const cases[])(struct memory_reader *) = {
    reads_everything,
    stops_before_a_hole,
    stops_at_the_end_of_the_file,
    nonsense_addresses_have_nothing,
};
#define CASES (sizeof cases / sizeof *cases)

/* A bit for each case that holds. */
static unsigned run_cases(int expect_descriptor)
{
    unsigned held = 0;
    for (size_t i = 0; i < CASES; i++) {
        struct memory_reader reader;
        if (memory_read_open(&reader) != 0 || (reader.fd >= 0) != expect_descriptor)
            return 0;
        held |= (unsigned)(cases[i](&reader) != 0) << i;
        memory_read_close(&reader);
    }
    return held;
}

static void by_the_system_call(void **state)
{
    assert_int_equal(run_cases(0), (1u << CASES) - 1);
}

static void refuse_process_vm_readv(unsigned error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        _exit(100);
}

static void in_a_sandbox(unsigned error)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        refuse_process_vm_readv(error);
        _exit((int)run_cases(1));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), (1u << CASES) - 1);
}

static void by_proc_self_mem_where_the_call_is_refused(void **state)
{
    in_a_sandbox(EPERM);
    in_a_sandbox(ENOSYS);
}

static void a_closed_reader_reads_nothing(void **state)
{
    struct memory_reader reader;
    uint64_t word;
    assert_int_equal(memory_read_open(&reader), 0);
    memory_read_close(&reader);
    assert_int_equal(memory_read(&reader, (uintptr_t)&word, &word, 8), 0);
}

/* The child's own memory, not its parent's. */
static void child_of_a_fork_opens_anew(void **state)
{
    static uint64_t value = 1;
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        struct memory_reader reader;
        uint64_t word = 0;
        value = 2;
        memory_read_open(&reader);
        memory_read(&reader, (uintptr_t)&value, &word, 8);
        _exit((int)word);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_the_system_call),
        cmocka_unit_test(by_proc_self_mem_where_the_call_is_refused),
        cmocka_unit_test(a_closed_reader_reads_nothing),
        cmocka_unit_test(child_of_a_fork_opens_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
