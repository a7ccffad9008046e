#include "os/sys.h"

#include "scratch.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>

static void errors_are_returned_and_errno_is_left(void **state)
{
    errno = 4711;
    assert_int_equal(sys_open(scratch_path("not there"), O_RDONLY, 0), -ENOENT);
    assert_int_equal(sys_close(-1), -EBADF);
    assert_true(sys_is_error(-ENOENT));
    assert_false(sys_is_error(0));
    assert_false(sys_is_error(-4096));
    assert_null(sys_mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    assert_int_equal(errno, 4711);
}

static void as_libc_has_it(void **state)
{
    char ours[4096], theirs[4096];
    assert_int_equal(sys_getpid(), getpid());
    assert_int_equal(sys_getppid(), getppid());
    assert_int_equal(sys_gettid(), gettid());
    assert_true(sys_getcwd(ours, sizeof ours) > 0);
    assert_string_equal(ours, getcwd(theirs, sizeof theirs));
    uintptr_t own;
    __asm__("mov %%fs:0, %0" : "=r"(own));
    assert_int_equal(sys_thread_pointer(), own);
}

static long descriptor(const char *name)
{
    long fd = sys_open(scratch_path(name), O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(sys_fcntl((int)fd, F_GETFD, 0), FD_CLOEXEC);
    return fd;
}

static void storage_is_allocated_and_given_back(void **state)
{
    struct stat status;
    int fd = (int)descriptor("storage");
    assert_int_equal(sys_allocate(fd, 0, 1 << 20), 0);
    assert_int_equal(sys_fstat(fd, &status), 0);
    assert_int_equal(status.st_size, 1 << 20);
    assert_true(status.st_blocks * 512 >= 1 << 20);
    assert_int_equal(sys_pwrite(fd, "x", 1, 5000), 1);
    assert_int_equal(sys_allocate(fd, 0, 2 << 20), 0); /* what is there stays */
    char byte = 0;
    assert_int_equal(sys_pread(fd, &byte, 1, 5000), 1);
    assert_int_equal(byte, 'x');
    assert_int_equal(sys_punch(fd, 0, 1 << 20), 0);
    assert_int_equal(sys_pread(fd, &byte, 1, 5000), 1);
    assert_int_equal(byte, 0);
    assert_int_equal(sys_fstat(fd, &status), 0);
    assert_int_equal(status.st_size, 2 << 20);
    assert_true(status.st_blocks * 512 < (2 << 20));
    sys_close(fd);
}

static void allocate_too_much(void)
{
    struct rlimit limit = {8192, 8192};
    signal(SIGXFSZ, SIG_IGN);
    EXPECT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    int fd = (int)sys_open(scratch_path("limited"), O_RDWR | O_CREAT, 0600);
    EXPECT(sys_allocate(fd, 0, 8192) == 0);
    EXPECT(sys_allocate(fd, 8192, 4096) == -EFBIG);
}

/* Killed by the signal, it would not return. */
static void write_behind_the_limit(void)
{
    struct rlimit limit = {10, 10};
    sigset_t pending;
    EXPECT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    int fd = (int)sys_open(scratch_path("short"), O_WRONLY | O_CREAT, 0600);
    EXPECT(sys_write_unsignalled(fd, "0123456789", 10) == 0);
    EXPECT(sys_write_unsignalled(fd, "x", 1) == -EFBIG);
    EXPECT(sigpending(&pending) == 0 && !sigismember(&pending, SIGXFSZ));
}

static void writing_behind_the_file_size_limit_sends_no_signal(void **state)
{
    assert_int_equal(scratch_in_child(write_behind_the_limit), 0);
}

static void limit_address_space(void)
{
    const uint64_t bytes = 1ull << 30;
    struct rlimit limit = {bytes, bytes};
    EXPECT(setrlimit(RLIMIT_AS, &limit) == 0);
    EXPECT(sys_leaves_space(bytes / 4));
    EXPECT(!sys_leaves_space(bytes / 2)); /* this program itself is there, too */
    EXPECT(!sys_leaves_space(UINT64_MAX));
    EXPECT(sys_mmap(NULL, bytes / 2, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != NULL);
    EXPECT(!sys_leaves_space(bytes / 4));
    EXPECT(sys_leaves_space(bytes / 8));
}

static void half_of_the_address_space_is_the_programs(void **state)
{
    bool limited = true;
    assert_true(sys_leaves_space(UINT64_MAX)); /* without a limit */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    limited = false; /* their shadow is larger than any limit */
#endif
    if (limited)
        assert_int_equal(scratch_in_child(limit_address_space), 0);
}

/* Where nobody reads, the traced program would never end. */
static void pipe_that_does_not_block_and_is_full(void **state)
{
    static char much[100000];
    int ends[2];
    assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    assert_int_equal(sys_write_all(ends[1], much, sizeof much), -EAGAIN);
    assert_int_equal(sys_write_all(ends[1], much, 1), -EAGAIN);
    close(ends[0]);
    close(ends[1]);
}

static void no_storage_is_an_error(void **state)
{
    assert_int_equal(scratch_in_child(allocate_too_much), 0);
    assert_int_equal(sys_allocate(-1, 0, 4096), -EBADF);
}

static void files_are_read_whole(void **state)
{
    char buffer[64];
    memset(buffer, 'X', sizeof buffer);
    scratch_write(scratch_path("text"), "0123456789");
    assert_int_equal(sys_read_file(scratch_path("text"), buffer, sizeof buffer), 10);
    assert_string_equal(buffer, "0123456789");
    assert_int_equal(sys_read_file(scratch_path("text"), buffer, 5), 4);
    assert_string_equal(buffer, "0123");
    assert_int_equal(sys_read_file(scratch_path("no text"), buffer, sizeof buffer), -ENOENT);
    assert_int_equal(sys_read_file("/", buffer, sizeof buffer), -EISDIR);
    assert_string_equal(buffer, "");
    assert_true(sys_read_file("/proc/self/stat", buffer, sizeof buffer) == 63);
}

static void everything_is_written(void **state)
{
    static char much[100000];
    int ends[2];
    memset(much, 'm', sizeof much - 1);
    int fd = (int)descriptor("much");
    assert_int_equal(sys_write_all(fd, much, sizeof much - 1), 0);
    struct stat status;
    sys_fstat(fd, &status);
    assert_int_equal(status.st_size, sizeof much - 1);
    sys_close(fd);
    assert_int_equal(sys_write_all(fd, "x", 1), -EBADF);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(sys_write_all(ends[1], "x", 1), -EPIPE);
    signal(SIGPIPE, SIG_DFL);
    close(ends[1]);
}

static void descriptors_move_out_of_the_way(void **state)
{
    int fd = (int)descriptor("high");
    int high = sys_move_high(fd, true);
    assert_true(high >= 100);
    assert_int_equal(sys_fcntl(fd, F_GETFD, 0), -EBADF);
    assert_int_equal(sys_fcntl(high, F_GETFD, 0), FD_CLOEXEC);
    int second = (int)descriptor("other");
    int other = sys_move_high(second, false);
    assert_int_not_equal(other, high);
    assert_int_equal(sys_fcntl(second, F_GETFD, 0), FD_CLOEXEC);
    sys_close(second);
    assert_int_equal(sys_fcntl(high, F_GETFD, 0), FD_CLOEXEC);
    sys_close(high);
    sys_close(other);
}

static void move_under_a_limit(void)
{
    struct rlimit limit = {400, 400};
    int fd = (int)sys_open("/dev/null", O_RDONLY, 0);
    EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    int high = sys_move_high(fd, true);
    EXPECT(high >= 100 && high < 400);
    limit.rlim_cur = limit.rlim_max = 50;
    fd = (int)sys_open("/dev/null", O_RDONLY, 0);
    EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    high = sys_move_high(fd, true);
    EXPECT(high > 25 && high < 50);
    EXPECT(sys_fcntl(high, F_GETFD, 0) == FD_CLOEXEC);
}

static void few_descriptors_are_allowed(void **state)
{
    assert_int_equal(scratch_in_child(move_under_a_limit), 0);
}

static void error_texts_are_libcs(void **state)
{
    static const int errors[] = {EPERM,   ENOENT,       EIO,    EBADF,  ENOMEM, EACCES, EEXIST,
                                 ENOTDIR, EISDIR,       EINVAL, ENFILE, EMFILE, EFBIG,  ENOSPC,
                                 EROFS,   ENAMETOOLONG, ELOOP,  EDQUOT, ENODEV, ESTALE};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        assert_string_equal(sys_error_text(errors[i]), strerror(errors[i]));
        assert_string_equal(sys_error_text(-errors[i]), strerror(errors[i]));
    }
    assert_string_equal(sys_error_text(99999), "Unexpected error");
}

static volatile int handled;

static void handle(int number, siginfo_t *info, void *context)
{
    (void)context;
    handled = number + info->si_value.sival_int;
}

static void signals_as_the_kernel_has_them(void **state)
{
    struct sys_sigaction before;
    struct sys_sigaction action = {.handler.function = handle,
                                   .flags = SA_SIGINFO | SYS_SA_RESTORER,
                                   .restorer = sys_signal_return};
    siginfo_t info = {.si_signo = SIGUSR2, .si_code = SI_QUEUE};
    info.si_value.sival_int = 1000;
    assert_int_equal(sys_sigaction(SIGUSR2, &action, &before), 0);
    assert_int_equal(sys_tgsigqueueinfo(getpid(), gettid(), SIGUSR2, &info), 0);
    assert_int_equal(handled, 1000 + SIGUSR2); /* and the handler came back */
    assert_int_equal(sys_sigaction(SIGUSR2, &before, &action), 0);
    assert_ptr_equal(action.handler.function, handle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_returned_and_errno_is_left),
        cmocka_unit_test(as_libc_has_it),
        cmocka_unit_test(storage_is_allocated_and_given_back),
        cmocka_unit_test(half_of_the_address_space_is_the_programs),
        cmocka_unit_test(pipe_that_does_not_block_and_is_full),
        cmocka_unit_test(no_storage_is_an_error),
        cmocka_unit_test(writing_behind_the_file_size_limit_sends_no_signal),
        cmocka_unit_test(files_are_read_whole),
        cmocka_unit_test(everything_is_written),
        cmocka_unit_test(descriptors_move_out_of_the_way),
        cmocka_unit_test(few_descriptors_are_allowed),
        cmocka_unit_test(error_texts_are_libcs),
        cmocka_unit_test(signals_as_the_kernel_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
