#include "stop/stop_world_gate.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "stop/stop_world.h"
#include "stop/stop_world_resume.h"
#include "os/sys.h"

/* --- what a thread was stopped in ---------------------------------------- */

static ucontext_t behind(const unsigned char *code, size_t length, long result)
{
    ucontext_t context = {0};
    context.uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)(code + length);
    context.uc_mcontext.gregs[REG_RAX] = result;
    return context;
}

/* What stands before them is looked at, too, as a function's text is.
 *
 * plain: mov $0xe8,%eax; syscall; mov $0x123,%edx; syscall; nop
 * chain: as libc has it since 2.41. The outer function calls the inner one at 1, which calls the
 * one with the `syscall` at 17, which returns at once. */
static const struct {
    unsigned char before[64], plain[64], chain[64];
} text __attribute__((aligned(64))) = {
    .plain = {0xb8, 0xe8, 0, 0, 0, 0x0f, 0x05, 0xba, 0x23, 1, 0, 0, 0x0f, 0x05, 0x90},
    .chain = {0xe8, 11,   0,    0,    0,    0x90, 0x90, 0x90,
              0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, /* outer */
              0xe8, 11,   0,    0,    0,    0x90, 0x90, 0x90,
              0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, /* inner */
              0x90, 0x90, 0x90, 0x89, 0xf0, 0x0f, 0x05, 0xc3},
};
#define code  text.plain
#define chain text.chain

static void call_with_its_number_begins_anew(void **state)
{
    ucontext_t context = behind(code, 7, -EINTR);
    assert_true(stop_world_gate_is_cut_short(&context));
    assert_true(stop_world_gate_begin_anew(&context));
    assert_int_equal(context.uc_mcontext.gregs[REG_RAX], 0xe8);
    assert_int_equal(context.uc_mcontext.gregs[REG_RIP], (uintptr_t)code + 5);
}

static void call_without_a_number_stays_as_it_is(void **state)
{
    ucontext_t context = behind(code, 14, -EINTR);
    assert_true(stop_world_gate_is_cut_short(&context));
    assert_false(stop_world_gate_begin_anew(&context));
    assert_int_equal(context.uc_mcontext.gregs[REG_RAX], -EINTR);
    assert_int_equal(context.uc_mcontext.gregs[REG_RIP], (uintptr_t)code + 14);
}

#define BEHIND_CALL   39u
#define INSIDE_INNER  21u
#define BEHIND_OUTERS 5u

static bool begins_anew(uint64_t stack[16])
{
    ucontext_t context = behind(chain, BEHIND_CALL, -EINTR);
    context.uc_mcontext.gregs[REG_RSP] = (greg_t)(uintptr_t)stack;
    if (!stop_world_gate_begin_anew(&context))
        return false;
    assert_int_equal(context.uc_mcontext.gregs[REG_RAX], 0xe8);
    assert_int_equal(context.uc_mcontext.gregs[REG_RIP], (uintptr_t)chain + BEHIND_CALL - 2);
    return true;
}

static void call_whose_number_is_on_the_stack_begins_anew(void **state)
{
    uint64_t inner = (uintptr_t)chain + INSIDE_INNER, outer = (uintptr_t)chain + BEHIND_OUTERS;
    uint64_t stack[16] = {inner, 7, 8, 9, outer, 0xe8};
    uint64_t other_function[16] = {inner, 7, 8, 9, inner, 0xe8};
    uint64_t large[16] = {inner, 7, 8, 9, outer, 0xe8000000};
    uint64_t nothing[16] = {inner, 7, 8, 9, 10, 0xe8};
    assert_true(begins_anew(stack));
    assert_false(begins_anew(other_function));
    assert_false(begins_anew(large));
    assert_false(begins_anew(nothing));
}

/* As libc has it since 2.41 for a thread that is alone: mov 0x18(%rsp), %rax; syscall; pop %rbx */
static void call_whose_number_is_an_argument_begins_anew(void **state)
{
    static const struct {
        unsigned char bytes[24];
    } __attribute__((aligned(32)))
    alone = {{0x90, 0x90, 0x49, 0x89, 0xca, 0x48, 0x8b, 0x44, 0x24, 0x18, 0x0f, 0x05, 0x5b, 0xc3}};
    uint64_t stack[16] = {1, 2, 3, SYS_pause}, large[16] = {1, 2, 3, 1u << 30};
    ucontext_t context = behind(alone.bytes, 12, -EINTR);
    context.uc_mcontext.gregs[REG_RSP] = (greg_t)(uintptr_t)large;
    assert_false(stop_world_gate_begin_anew(&context));
    context.uc_mcontext.gregs[REG_RSP] = (greg_t)(uintptr_t)stack;
    assert_true(stop_world_gate_begin_anew(&context));
    assert_int_equal(context.uc_mcontext.gregs[REG_RAX], SYS_pause);
    assert_int_equal(context.uc_mcontext.gregs[REG_RIP], (uintptr_t)alone.bytes + 10);
}

static void what_has_not_come_back_with_eintr_is_not_cut_short(void **state)
{
    ucontext_t done = behind(code, 7, 3), elsewhere = behind(code, 15, -EINTR);
    ucontext_t in_front = behind(code, 5, -EINTR);
    assert_false(stop_world_gate_is_cut_short(&done));
    assert_false(stop_world_gate_is_cut_short(&elsewhere));
    assert_false(stop_world_gate_is_cut_short(&in_front));
}

static void the_page_before_is_not_looked_at(void **state)
{
    unsigned char *pages =
        mmap(NULL, 2 * SYS_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(pages, MAP_FAILED);
    munmap(pages, SYS_PAGE);
    memcpy(pages + SYS_PAGE, code + 5, 2);
    ucontext_t first = behind(pages + SYS_PAGE, 0, -EINTR);
    ucontext_t second = behind(pages + SYS_PAGE, 2, -EINTR);
    assert_true(stop_world_gate_is_cut_short(&first)); /* for all that is known */
    assert_false(stop_world_gate_begin_anew(&first));
    assert_true(stop_world_gate_is_cut_short(&second));
    assert_false(stop_world_gate_begin_anew(&second));
    munmap(pages + SYS_PAGE, SYS_PAGE);
}

/* ThreadSanitizer cannot have its threads interrupted by a handler that it does not know. */
#if !defined(__SANITIZE_THREAD__)

/* --- a world that is kept ------------------------------------------------ */

static volatile uint64_t ticks;
static atomic_int came_back;
static atomic_int ready;

static void *tick(void *unused)
{
    ready++;
    for (;;)
        ticks++;
    return unused;
}

static void *wait_for_ever(void *unused)
{
    ready++;
    poll(NULL, 0, -1);
    came_back = 1;
    return unused;
}

/* A call whose number nobody can tell. */
static void *wait_in_a_loop(void *unused)
{
    ready++;
    while (sys_call(SYS_poll, 0, 0, -1, 0, 0, 0) == 0)
        ;
    came_back = 1;
    return unused;
}

static void begin(void *(*body)(void *))
{
    pthread_t thread;
    int before = ready;
    pthread_create(&thread, NULL, body, NULL);
    while (ready == before)
        usleep(1000);
}

static void spin(void)
{
    for (volatile int i = 0; i < 30000000; i++)
        ;
}

/* 7: who keeps the world and runs is alone; once it sleeps, who does not notice it goes on. */
static int keep_world(void)
{
    struct stopped_world world;
    begin(tick);
    begin(wait_for_ever);
    begin(wait_in_a_loop);
    usleep(20000);
    if (stop_world_hold(&world, STOP_WORLD_LIMIT_DEFAULT) != 0 || world.held != 3)
        return 1;
    stop_world_keep(&world, true);
    uint64_t before = ticks;
    spin();
    if (ticks != before)
        return 2;
    while (ticks == before)
        usleep(200000);
    usleep(100000);
    return came_back ? 3 : 7;
}

static int letter[2];

static volatile int may_write;
static void *wait_to_write(void *unused)
{
    ready++;
    while (!may_write)
        ;
    while (write(letter[1], "", 1) == 1)
        ;
    return unused;
}

static atomic_int wakened;
static void wake(int signal)
{
    (void)signal;
    wakened++;
}

/* 7: who waits for what a held thread would write is waited for no longer, though a timer wakes it
 * each millisecond. */
static int keep_world_woken(void)
{
    const struct itimerval each = {{0, 1000}, {0, 1000}};
    struct stopped_world world;
    char byte;
    if (pipe(letter) != 0 || fcntl(letter[1], F_SETFL, O_NONBLOCK) != 0)
        return 1;
    begin(wait_to_write);
    signal(SIGALRM, wake);
    setitimer(ITIMER_REAL, &each, NULL);
    if (stop_world_hold(&world, STOP_WORLD_LIMIT_DEFAULT) != 0 || world.held != 1)
        return 2;
    may_write = 1;
    stop_world_keep(&world, true);
    return read(letter[0], &byte, 1) == 1 && wakened > 10 ? 7 : 3;
}

/* Calls with a limit, which ends though they are held again and again. */
#define LIMIT_MS 150
static const struct timespec limit = {0, LIMIT_MS * 1000000};
static struct timespec *volatile no_rest;
static atomic_int ended;

static void *poll_for_a_while(void *unused)
{
    struct pollfd end = {letter[0], POLLIN, 0};
    ready++;
    ended += poll(&end, 1, LIMIT_MS) == 0;
    return unused;
}
static void *sleep_for_a_while(void *unused)
{
    ready++;
    ended += nanosleep(&limit, no_rest) == 0;
    return unused;
}
static void *sleep_by_a_clock(void *unused)
{
    ready++;
    ended += clock_nanosleep(CLOCK_MONOTONIC, 0, &limit, no_rest) == 0;
    return unused;
}
static void *wait_for_an_event(void *unused)
{
    struct epoll_event event = {.events = EPOLLIN};
    int fd = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(fd, EPOLL_CTL_ADD, letter[0], &event);
    ready++;
    ended += epoll_wait(fd, &event, 1, LIMIT_MS) == 0;
    return unused;
}
static uint32_t word;
static void *wait_for_a_word(void *unused)
{
    ready++;
    long result;
    register const struct timespec *until __asm__("r10") = &limit;
    __asm__ volatile("mov $202, %%eax\n syscall"
                     : "=&a"(result)
                     : "D"(&word), "S"(FUTEX_WAIT), "d"(0), "r"(until)
                     : "rcx", "r11", "memory");
    ended += result == -ETIMEDOUT;
    return unused;
}

/* 7: each has ended as it would have alone, long before so many holds are over. */
static int hold_often(void)
{
    void *(*bodies[])(void *) = {poll_for_a_while, sleep_for_a_while, sleep_by_a_clock,
                                 wait_for_a_word, wait_for_an_event};
    struct stopped_world world;
    if (pipe(letter) != 0)
        return 1;
    for (int i = 0; i < 5; i++)
        begin(bodies[i]);
    for (int times = 0; times < 200 && ended < 5; times++) {
        usleep(LIMIT_MS * 1000 / 5);
        if (stop_world_hold(&world, STOP_WORLD_LIMIT_DEFAULT) != 0)
            return 2;
        stop_world_release(&world);
    }
    return ended == 5 ? 7 : 3;
}

static atomic_int seen;
static void *poll_always(void *unused)
{
    struct pollfd end = {letter[0], POLLIN, 0};
    for (ready++; !ended;)
        seen += poll(&end, 1, 2) != 0;
    return unused;
}

/* 7: holds that follow at once, one upon another, are not noticed either. */
static int hold_in_a_row(void)
{
    struct stopped_world world;
    if (pipe(letter) != 0)
        return 1;
    for (int i = 0; i < 4; i++)
        begin(poll_always);
    for (int times = 0; times < 2000; times++) {
        if (stop_world_hold(&world, STOP_WORLD_LIMIT_DEFAULT) != 0)
            return 2;
        stop_world_release(&world);
    }
    return seen ? 3 : 7;
}

static void check_child(int (*body)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(body());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

static void keeper_is_alone_while_it_runs(void **state)
{
    check_child(keep_world);
}

static void keeper_that_a_timer_wakes_is_asleep(void **state)
{
    check_child(keep_world_woken);
}

static void held_call_with_a_limit_has_the_rest_of_it(void **state)
{
    check_child(hold_often);
}

static void holds_in_a_row_are_not_noticed(void **state)
{
    check_child(hold_in_a_row);
}

#endif

/* A thread that is held on its way back, at four places of it: its call is to begin anew. */
extern const char stop_world_resume_begin[], stop_world_resume_late[];

static void who_is_held_on_the_way_back_begins_anew(void **state)
{
    ucontext_t call = {0};
    ucontext_t held[4] = {{0}};
    for (int i = 0; i <= REG_RIP; i++)
        call.uc_mcontext.gregs[i] = 100 + i;
    for (int i = 0; i < 4; i++) {
        held[i] = call;
        held[i].uc_mcontext.gregs[REG_RCX] = call.uc_mcontext.gregs[REG_RIP];
        held[i].uc_mcontext.gregs[REG_R11] = call.uc_mcontext.gregs[REG_RAX];
        held[i].uc_mcontext.gregs[REG_RAX] = 0;
    }
    greg_t *first = held[0].uc_mcontext.gregs, *next = held[1].uc_mcontext.gregs,
           *late = held[2].uc_mcontext.gregs, *last = held[3].uc_mcontext.gregs;
    first[REG_RIP] = (greg_t)stop_world_resume_begin;
    first[REG_RBX] = (greg_t)&call;
    next[REG_RIP] = (greg_t)stop_world_resume_begin + 3;
    next[REG_R11] = (greg_t)&call;
    next[REG_RBP] = 0;
    late[REG_RIP] = (greg_t)stop_world_resume_late;
    late[REG_RAX] = late[REG_RSP];
    late[REG_RSP] = 0;
    last[REG_RIP] = call.uc_mcontext.gregs[REG_RIP];
    last[REG_RAX] = 219;
    for (int i = 0; i < 4; i++) {
        stop_world_resume_undo(&held[i]);
        for (int j = 0; j <= REG_RIP; j++)
            if (j != REG_RCX && j != REG_R11)
                assert_int_equal(held[i].uc_mcontext.gregs[j], call.uc_mcontext.gregs[j]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(call_with_its_number_begins_anew),
        cmocka_unit_test(call_without_a_number_stays_as_it_is),
        cmocka_unit_test(call_whose_number_is_on_the_stack_begins_anew),
        cmocka_unit_test(call_whose_number_is_an_argument_begins_anew),
        cmocka_unit_test(what_has_not_come_back_with_eintr_is_not_cut_short),
        cmocka_unit_test(the_page_before_is_not_looked_at),
#if !defined(__SANITIZE_THREAD__)
        cmocka_unit_test(keeper_is_alone_while_it_runs),
        cmocka_unit_test(keeper_that_a_timer_wakes_is_asleep),
        cmocka_unit_test(held_call_with_a_limit_has_the_rest_of_it),
        cmocka_unit_test(holds_in_a_row_are_not_noticed),
#endif
        cmocka_unit_test(who_is_held_on_the_way_back_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
