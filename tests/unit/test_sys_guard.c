/* sys_guard: the answer is the one that the kernel gives in a process that has the filter. */
#include "os/sys_guard.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define LOAD(field)     BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RET(action)     BPF_STMT(BPF_RET | BPF_K, action)
#define KILL            SECCOMP_RET_KILL_PROCESS
#define ALLOW           SECCOMP_RET_ALLOW
#define EQ(k, t, f)     BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k, t, f)
#define ALU(op, k)      BPF_STMT(BPF_ALU | BPF_##op | BPF_K, k)
#define ALUX(op)        BPF_STMT(BPF_ALU | BPF_##op | BPF_X, 0)
#define JX(op, t, f)    BPF_JUMP(BPF_JMP | BPF_##op | BPF_X, 0, t, f)
#define JK(op, k, t, f) BPF_JUMP(BPF_JMP | BPF_##op | BPF_K, k, t, f)

/* Each judges kcmp by its arguments, and lets everything else be. */
#define BEGIN LOAD(nr), EQ(SYS_kcmp, 1, 0), RET(ALLOW)
static struct sock_filter equal[] = {BEGIN, LOAD(args[0]), EQ(7, 0, 1), RET(KILL), RET(ALLOW)};
static struct sock_filter greater[] = {BEGIN, LOAD(args[0]), JK(JGT, 5, 0, 1), RET(KILL),
                                       RET(SECCOMP_RET_ERRNO | 1)};
static struct sock_filter at_least[] = {
    BEGIN, LOAD(args[0]), JK(JGE, 5, 1, 0), BPF_STMT(BPF_JMP | BPF_JA, 1), RET(KILL), RET(ALLOW)};
static struct sock_filter bits[] = {BEGIN, LOAD(args[0]), JK(JSET, 6, 0, 1), RET(SECCOMP_RET_TRAP),
                                    RET(ALLOW)};
static struct sock_filter second[] = {BEGIN,         LOAD(args[1]), BPF_STMT(BPF_MISC | BPF_TAX, 0),
                                      LOAD(args[0]), JX(JGT, 0, 1), RET(KILL),
                                      RET(ALLOW)};
static struct sock_filter sums[] = {
    BEGIN,          LOAD(args[0]),  ALU(ADD, 3), ALU(MUL, 5),
    ALU(SUB, 1),    ALU(DIV, 2),    ALU(LSH, 3), ALU(OR, 1),
    ALU(AND, 0xf9), ALU(XOR, 0x51), ALU(RSH, 1), BPF_STMT(BPF_ALU | BPF_NEG, 0),
    ALU(AND, 0x14), EQ(0x14, 0, 1), RET(KILL),   RET(ALLOW)};
static struct sock_filter memory[] = {BEGIN,
                                      LOAD(args[0]),
                                      BPF_STMT(BPF_ST, 15),
                                      BPF_STMT(BPF_LDX | BPF_MEM, 15),
                                      BPF_STMT(BPF_LD | BPF_IMM, 10),
                                      ALUX(SUB),
                                      BPF_STMT(BPF_STX, 2),
                                      BPF_STMT(BPF_MISC | BPF_TAX, 0),
                                      BPF_STMT(BPF_LD | BPF_MEM, 2),
                                      JX(JEQ, 0, 1),
                                      RET(KILL),
                                      BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
                                      EQ(64, 0, 2),
                                      BPF_STMT(BPF_LD | BPF_IMM, (uint32_t)ALLOW),
                                      BPF_STMT(BPF_RET | BPF_A, 0),
                                      RET(KILL)};
static struct sock_filter high_word[] = {
    BEGIN,       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0]) + 4),
    EQ(0, 1, 0), RET(KILL),
    LOAD(arch),  EQ(AUDIT_ARCH_X86_64, 1, 0),
    RET(KILL),   RET(ALLOW)};

static char room[SYS_GUARD_ROOM] __attribute__((aligned(8)));

/* Everything in a child: a filter stays, in the kernel and in the room. 1: forbidden or killed. */
static int in_child(struct sock_filter *filter, size_t length, long a, long b, int for_real)
{
    int status = 0;
    struct sock_fprog program = {(unsigned short)length, filter};
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSYS, SIG_DFL); /* cmocka has a handler */
        if (for_real) {
            prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
            if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
                _exit(9);
            syscall(SYS_kcmp, a, b, 0, 0, 0);
            _exit(0);
        }
        sys_guard_prepare(getpid(), room);
        sys_guard_add(&program);
        _exit(sys_guard_forbids(SYS_kcmp, a, b, 0, 0, 0, 0));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_not_equal(WEXITSTATUS(status), 9);
    return WIFSIGNALED(status) ? 1 : WEXITSTATUS(status);
}

static void compare(struct sock_filter *filter, size_t length)
{
    int deadly = 0;
    static const long values[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 100, -1, 1L << 32};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (long b = 0; b < 8; b += 5) {
            int expected = in_child(filter, length, values[i], b, 1);
            assert_int_equal(in_child(filter, length, values[i], b, 0), expected);
            deadly += expected;
        }
    assert_in_range(deadly, 1, 23);
}

#define COMPARE(filter)                                                                            \
    static void as_the_kernel_##filter(void **state)                                               \
    {                                                                                              \
        compare(filter, sizeof filter / sizeof *filter);                                           \
    }
COMPARE(equal)
COMPARE(greater)
COMPARE(at_least)
COMPARE(bits)
COMPARE(second)
COMPARE(sums)
COMPARE(memory)
COMPARE(high_word)

static void every_filter_has_a_say(void **state)
{
    struct sock_fprog first = {sizeof equal / sizeof *equal, equal};
    struct sock_fprog other = {sizeof bits / sizeof *bits, bits};
    assert_false(sys_guard_is_on);
    sys_guard_prepare(getpid(), room);
    sys_guard_add(&first);
    sys_guard_add(&other);
    assert_true(sys_guard_is_on);
    assert_true(sys_guard_forbids(SYS_kcmp, 7, 0, 0, 0, 0, 0));
    assert_true(sys_guard_forbids(SYS_kcmp, 2, 0, 0, 0, 0, 0));
    assert_false(sys_guard_forbids(SYS_kcmp, 8, 0, 0, 0, 0, 0));
    assert_false(sys_guard_forbids(SYS_openat, 7, 0, 0, 0, 0, 0));
    sys_guard_add_strict();
    assert_true(sys_guard_forbids(SYS_openat, 7, 0, 0, 0, 0, 0));
    assert_false(sys_guard_forbids(SYS_write, 7, 0, 0, 0, 0, 0));
}

/* A filter of which there is no copy may forbid anything. */
static void without_room_the_worst_is_assumed(void **state)
{
    (void)state;
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        struct sock_fprog program = {sizeof equal / sizeof *equal, equal};
        sys_guard_prepare(getpid(), NULL);
        sys_guard_add(&program);
        _exit(!sys_guard_has_room() && sys_guard_forbids(SYS_openat, 7, 0, 0, 0, 0, 0) ? 7 : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_the_kernel_equal),
        cmocka_unit_test(as_the_kernel_greater),
        cmocka_unit_test(as_the_kernel_at_least),
        cmocka_unit_test(as_the_kernel_bits),
        cmocka_unit_test(as_the_kernel_second),
        cmocka_unit_test(as_the_kernel_sums),
        cmocka_unit_test(as_the_kernel_memory),
        cmocka_unit_test(as_the_kernel_high_word),
        cmocka_unit_test(without_room_the_worst_is_assumed),
        cmocka_unit_test(every_filter_has_a_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
