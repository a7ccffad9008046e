/* descriptor: where the tracer's descriptors lie, and whose a number is. */
#include "os/descriptor.h"
#include "alone.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

static int file(const char *name)
{
    int fd = open(scratch_path(name), O_RDWR | O_CREAT, 0600);
    EXPECT(fd >= 0);
    return fd;
}

static void set_limit(rlim_t soft)
{
    struct rlimit limit;
    EXPECT(getrlimit(RLIMIT_NOFILE, &limit) == 0 && soft <= limit.rlim_max);
    limit.rlim_cur = soft;
    EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

static bool same_file(int a, int b)
{
    struct stat first, second;
    return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_ino == second.st_ino &&
           first.st_dev == second.st_dev;
}

static void keep_below_hard_limit(void)
{
    struct rlimit limit;
    int fd = file("log");
    set_limit(300);
    alone_begin();
    int kept = descriptor_keep(DESCRIPTOR_LOG, fd, false);
    EXPECT(kept >= 1000 && same_file(fd, kept) && fcntl(kept, F_GETFD) == FD_CLOEXEC);
    EXPECT(descriptor_of(DESCRIPTOR_LOG) == kept && descriptor_is_kept(kept));
    EXPECT(!descriptor_is_kept(fd) && !descriptor_is_kept(kept + 1));
    /* The limit is what it was. */
    EXPECT(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur == 300);
    EXPECT(fcntl(fd, F_DUPFD, 300) == -1);
}

static void above_the_soft_limit(void **state)
{
#ifdef __SANITIZE_THREAD__
    skip(); /* it has a thread of its own, which could set the limit meanwhile */
#endif
    assert_int_equal(scratch_in_child(keep_below_hard_limit), 0);
}

static void keep_at_hard_limit(void)
{
    struct rlimit limit = {100, 100};
    int fd = file("log");
    EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    int kept = descriptor_keep(DESCRIPTOR_LOG, fd, true);
    EXPECT(kept > 75 && kept < 100 && descriptor_is_kept(kept));
    EXPECT(fcntl(fd, F_GETFD) == -1);
}

static void at_the_hard_limit(void **state)
{
    assert_int_equal(scratch_in_child(keep_at_hard_limit), 0);
}

static void keep_two(void)
{
    int log = descriptor_keep(DESCRIPTOR_LOG, file("log"), true);
    int words = descriptor_keep(DESCRIPTOR_WORDS, file("words"), true);
    EXPECT(log != words && descriptor_is_kept(log) && descriptor_is_kept(words));
    EXPECT(descriptor_of(DESCRIPTOR_LOG) == log && descriptor_of(DESCRIPTOR_WORDS) == words);
    descriptor_let_go(DESCRIPTOR_LOG);
    EXPECT(fcntl(log, F_GETFD) == -1 && descriptor_of(DESCRIPTOR_LOG) == -1);
    EXPECT(!descriptor_is_kept(log) && descriptor_is_kept(words));
    descriptor_let_go(DESCRIPTOR_WORDS);
    EXPECT(!descriptor_is_kept(words) && fcntl(words, F_GETFD) == -1);
}

static void one_for_each_role(void **state)
{
    assert_int_equal(scratch_in_child(keep_two), 0);
}

static void take_number(void)
{
    int kept = descriptor_keep(DESCRIPTOR_LOG, file("log"), true);
    close(kept);
    EXPECT(descriptor_of(DESCRIPTOR_LOG) == -1 && !descriptor_is_kept(kept));
    EXPECT(descriptor_last_known(DESCRIPTOR_LOG) == kept);
    EXPECT(dup2(file("other"), kept) == kept || kept >= 1000);
    EXPECT(descriptor_of(DESCRIPTOR_LOG) == -1 && !descriptor_is_kept(kept));
    /* And is not closed with it. */
    int other = file("other");
    int taken = fcntl(other, F_DUPFD, 500);
    kept = descriptor_keep(DESCRIPTOR_LOG, file("log"), true);
    EXPECT(taken >= 500 && taken != kept);
    descriptor_let_go(DESCRIPTOR_LOG);
    EXPECT(same_file(taken, other));
}

static void a_number_that_the_program_took(void **state)
{
    assert_int_equal(scratch_in_child(take_number), 0);
}

static void move_away(void)
{
    struct rlimit limit = {400, 400}; /* no numbers but the program's */
    int log = file("log");
    EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    int kept = descriptor_keep(DESCRIPTOR_LOG, log, false);
    descriptor_free_number(kept - 1);
    EXPECT(descriptor_of(DESCRIPTOR_LOG) == kept);
    descriptor_free_number(kept);
    EXPECT(dup2(file("other"), kept) == kept);
    int moved = descriptor_of(DESCRIPTOR_LOG);
    EXPECT(moved >= 0 && moved != kept && same_file(moved, log));
    EXPECT(descriptor_is_kept(moved) && !descriptor_is_kept(kept));
}

static void it_makes_way(void **state)
{
    assert_int_equal(scratch_in_child(move_away), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(above_the_soft_limit), cmocka_unit_test(at_the_hard_limit),
        cmocka_unit_test(one_for_each_role),    cmocka_unit_test(a_number_that_the_program_took),
        cmocka_unit_test(it_makes_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
