#include "check/stop_world_gate.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "check/stop_world.h"
#include "os/sys.h"

/* --- what a thread was stopped in ---------------------------------------- */

static ucontext_t behind(const unsigned char *code, size_t length, long result)
{
    ucontext_t context = {0};
    context.uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)(code + length);
    context.uc_mcontext.gregs[REG_RAX] = result;
    return context;
}

/* mov $0xe8,%eax; syscall; mov $0x123,%edx; syscall; nop */
static const unsigned char code[] __attribute__((aligned(64))) = {
    0xb8, 0xe8, 0, 0, 0, 0x0f, 0x05, 0xba, 0x23, 1, 0, 0, 0x0f, 0x05, 0x90};

static void call_with_its_number_begins_anew(void **state)
{
    (void)state;
    ucontext_t context = behind(code, 7, -EINTR);
    assert_true(stop_world_gate_is_cut_short(&context));
    assert_true(stop_world_gate_begin_anew(&context));
    assert_int_equal(context.uc_mcontext.gregs[REG_RAX], 0xe8);
    assert_int_equal(context.uc_mcontext.gregs[REG_RIP], (uintptr_t)code + 5);
}

static void call_without_a_number_stays_as_it_is(void **state)
{
    (void)state;
    ucontext_t context = behind(code, 14, -EINTR);
    assert_true(stop_world_gate_is_cut_short(&context));
    assert_false(stop_world_gate_begin_anew(&context));
    assert_int_equal(context.uc_mcontext.gregs[REG_RAX], -EINTR);
    assert_int_equal(context.uc_mcontext.gregs[REG_RIP], (uintptr_t)code + 14);
}

/* As libc has it since 2.41. The outer function calls the inner one at 1, which calls the one with
 * the `syscall` at 17, which returns at once. */
static const unsigned char chain[]
    __attribute__((aligned(64))) = {0xe8, 11,   0,    0,    0,    0x90, 0x90, 0x90,
                                    0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, /* outer */
                                    0xe8, 11,   0,    0,    0,    0x90, 0x90, 0x90,
                                    0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, /* inner */
                                    0x90, 0x90, 0x90, 0x89, 0xf0, 0x0f, 0x05, 0xc3};
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
    (void)state;
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

static void what_has_not_come_back_with_eintr_is_not_cut_short(void **state)
{
    (void)state;
    ucontext_t done = behind(code, 7, 3), elsewhere = behind(code, 15, -EINTR);
    ucontext_t in_front = behind(code, 5, -EINTR);
    assert_false(stop_world_gate_is_cut_short(&done));
    assert_false(stop_world_gate_is_cut_short(&elsewhere));
    assert_false(stop_world_gate_is_cut_short(&in_front));
}

static void the_page_before_is_not_looked_at(void **state)
{
    (void)state;
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

/* --- a world that is kept ------------------------------------------------ */

static _Atomic uint64_t ticks;
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

static void keeper_is_alone_while_it_runs(void **state)
{
    (void)state;
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(keep_world());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(call_with_its_number_begins_anew),
        cmocka_unit_test(call_without_a_number_stays_as_it_is),
        cmocka_unit_test(call_whose_number_is_on_the_stack_begins_anew),
        cmocka_unit_test(what_has_not_come_back_with_eintr_is_not_cut_short),
        cmocka_unit_test(the_page_before_is_not_looked_at),
        cmocka_unit_test(keeper_is_alone_while_it_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
