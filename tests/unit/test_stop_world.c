#include "held_threads.h"

static void looping_threads_stand_still_and_go_on(void **state)
{
    struct worker workers[4];
    struct stopped_world world;
    for (int i = 0; i < 4; i++)
        start(&workers[i], loop);
    for (int round = 0; round < 50; round++) {
        assert_int_equal(stop_world_hold(&world, LIMIT), 0);
        uint64_t ticks = shared.ticks;
        for (int i = 0; i < 20; i++)
            sys_sched_yield();
        uint64_t ticks_later = shared.ticks;
        size_t count = world.count, held = world.held;
        struct stopped_thread copies[4];
        for (int i = 0; i < 4; i++)
            copies[i] = *find(&world, workers[i].tid);
        stop_world_release(&world);
        assert_int_equal(ticks, ticks_later);
        assert_int_equal(count, 4);
        assert_int_equal(held, 4);
        for (int i = 0; i < 4; i++)
            assert_in_frame(&workers[i], &copies[i]);
        while (shared.ticks == ticks) /* they run again */
            sched_yield();
    }
    finish(workers, 4);
}

static void read_is_not_interrupted(void **state)
{
    struct worker worker;
    struct stopped_world world;
    start(&worker, block_in_read);
    for (int round = 0; round < 20; round++) {
        assert_int_equal(stop_world_hold(&world, LIMIT), 0);
        assert_int_equal(world.held, 1);
        stop_world_release(&world);
    }
    assert_int_equal(shared.waited_to_the_end, 0);
    assert_int_equal(write(shared.pipe[1], "x", 1), 1);
    finish(&worker, 1);
    assert_int_equal(shared.waited_to_the_end, 1);
}

static void *sleep_in_nanosleep(void *argument)
{
    struct timespec second = {0, 200000000};
    announce(argument);
    while (nanosleep(&second, &second) == -1)
        assert_int_equal(errno, EINTR);
    shared.waited_to_the_end++;
    return NULL;
}

static void sleepers_are_held(void **state)
{
    struct worker worker;
    struct stopped_world world;
    start(&worker, sleep_in_nanosleep);
    assert_int_equal(stop_world_hold(&world, LIMIT), 0);
    struct stopped_thread copy = *find(&world, worker.tid);
    stop_world_release(&world);
    assert_in_frame(&worker, &copy);
    finish(&worker, 1);
    assert_int_equal(shared.waited_to_the_end, 1);
}

static void libc_cannot_block_it(void **state)
{
    struct worker worker;
    struct stopped_world world;
    start(&worker, block_all_signals);
    assert_int_equal(stop_world_hold(&world, LIMIT), 0);
    size_t held = world.held, silent = world.silent;
    stop_world_release(&world);
    assert_int_equal(held, 1);
    assert_int_equal(silent, 0);
    finish(&worker, 1);
}

static void thread_that_blocks_it_is_listed_as_silent(void **state)
{
    struct worker workers[2];
    struct stopped_world world;
    start(&workers[0], block_all_in_the_kernel);
    start(&workers[1], loop);
    /* Whoever blocks it is given up long before the limit, by what /proc says. */
    assert_int_equal(stop_world_hold(&world, 200000000), 0);
    size_t count = world.count, held = world.held, silent = world.silent;
    struct stopped_thread first = *find(&world, workers[0].tid);
    struct stopped_thread second = *find(&world, workers[1].tid);
    stop_world_release(&world);
    assert_int_equal(count, 2);
    assert_int_equal(held, 1);
    assert_int_equal(silent, 1);
    assert_int_equal(first.held, 0);
    assert_int_equal(first.stack_pointer, 0);
    assert_in_frame(&workers[1], &second);
    finish(workers, 2);
}

/* The threads of the next test: made by a bare clone would be better still, but libc's handler can
 * be taken away as well. */
static void *unblock_at_the_end(void *argument)
{
    uint64_t all = ~0ull, none = 0;
    sys_sigprocmask(SIG_SETMASK, &all, NULL);
    loop(argument);
    sys_sigprocmask(SIG_SETMASK, &none, NULL);
    shared.waited_to_the_end++;
    return NULL;
}

static void pending_signal_does_not_kill_at_default_disposition(void **state)
{
    struct worker worker;
    struct stopped_world world;
    struct sys_sigaction libcs, found, standard = {.handler.simple = SIG_DFL};
    start(&worker, unblock_at_the_end);
    assert_int_equal(sys_sigaction(33, &standard, &libcs), 0);
    assert_int_equal(stop_world_hold(&world, 50000000), 0);
    assert_int_equal(world.silent, 1);
    stop_world_release(&world);
    assert_int_equal(sys_sigaction(33, NULL, &found), 0);
    assert_true(found.handler.simple == SIG_DFL);
    finish(&worker, 1); /* here a signal left pending would end this process */
    assert_int_equal(shared.waited_to_the_end, 1);
    assert_int_equal(sys_sigaction(33, &libcs, NULL), 0);
}

static void late_thread_does_not_disturb_the_next_hold(void **state)
{
    struct worker workers[2];
    struct stopped_world world;
    start(&workers[0], unblock_at_the_end);
    assert_int_equal(stop_world_hold(&world, 50000000), 0);
    assert_int_equal(world.silent, 1);
    stop_world_release(&world);
    start(&workers[1], loop);
    assert_int_equal(stop_world_hold(&world, LIMIT / 15), 0);
    struct stopped_thread copy = *find(&world, workers[1].tid);
    size_t held = world.held;
    stop_world_release(&world);
    assert_int_equal(held, 1);
    assert_in_frame(&workers[1], &copy);
    finish(workers, 2);
}

static void nothing_is_left_behind(void **state)
{
    struct worker worker;
    struct stopped_world world;
    struct sys_sigaction before[65], after;
    uint64_t mask_before, mask_after, pending = 0;
    start(&worker, loop);
    for (int signal = 1; signal <= 64; signal++)
        sys_sigaction(signal, NULL, &before[signal]);
    sys_sigprocmask(SIG_BLOCK, NULL, &mask_before);
    int lowest = dup(0);
    assert_int_equal(stop_world_hold(&world, LIMIT), 0);
    stop_world_release(&world);
    assert_int_equal(dup(0), lowest + 1);
    close(lowest);
    close(lowest + 1);
    for (int signal = 1; signal <= 64; signal++) {
        sys_sigaction(signal, NULL, &after);
        assert_memory_equal(&before[signal], &after, sizeof after);
    }
    sys_sigprocmask(SIG_BLOCK, NULL, &mask_after);
    assert_int_equal(mask_before, mask_after);
    sys_call(SYS_rt_sigpending, (long)&pending, 8, 0, 0, 0, 0);
    assert_int_equal(pending, 0);
    finish(&worker, 1);
}

/* --- alternate stacks ---------------------------------------------------- */

static char signal_stack[65536];
static atomic_int on_signal_stack;

static void spin_in_handler(int signal)
{
    (void)signal;
    on_signal_stack = 1;
    while (!shared.stop)
        shared.ticks++;
}

static void *run_on_signal_stack(void *argument)
{
    stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack}, before;
    sigaltstack(&stack, &before);
    announce(argument);
    raise(SIGUSR1);
    sigaltstack(&before, NULL); /* AddressSanitizer's */
    return NULL;
}

static void thread_on_its_signal_stack(void **state)
{
    struct sigaction action = {.sa_handler = spin_in_handler, .sa_flags = SA_ONSTACK};
    struct worker worker;
    struct stopped_world world;
    sigaction(SIGUSR1, &action, NULL);
    on_signal_stack = 0;
    start(&worker, run_on_signal_stack);
    while (!on_signal_stack)
        sched_yield();
    assert_int_equal(stop_world_hold(&world, LIMIT), 0);
    struct stopped_thread copy = *find(&world, worker.tid);
    stop_world_release(&world);
    assert_int_equal(copy.signal_stack_begin, (uintptr_t)signal_stack);
    assert_int_equal(copy.signal_stack_end, (uintptr_t)signal_stack + sizeof signal_stack);
    assert_in_range(copy.stack_pointer, copy.signal_stack_begin, copy.signal_stack_end);
    finish(&worker, 1);
}

static void *loop_with_signal_stack(void *argument)
{
    stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack}, before;
    sigaltstack(&stack, &before);
    loop(argument);
    sigaltstack(&before, NULL);
    return NULL;
}

static void frame_goes_to_the_signal_stack_but_not_the_stack_pointer(void **state)
{
    struct worker worker;
    struct stopped_world world;
    start(&worker, loop_with_signal_stack);
    assert_int_equal(stop_world_hold(&world, LIMIT), 0);
    struct stopped_thread copy = *find(&world, worker.tid);
    stop_world_release(&world);
    assert_in_frame(&worker, &copy);
    assert_in_range(copy.vector_begin, (uintptr_t)signal_stack,
                    (uintptr_t)signal_stack + sizeof signal_stack);
    finish(&worker, 1);
}

/* --- registers ----------------------------------------------------------- */

#define IN_RBX   0x1122334455667788ull
#define IN_R15   0x8877665544332211ull
#define IN_XMM15 0xfeedfacecafebeefull

static void *loop_with_registers(void *argument)
{
    announce(argument);
    __asm__ volatile("movq %2, %%xmm15\n\t"
                     "mov %0, %%rbx\n\t"
                     "mov %1, %%r15\n"
                     "1:\tcmpl $0, %3\n\t"
                     "je 1b"
                     :
                     : "r"(IN_RBX), "r"(IN_R15), "r"(IN_XMM15), "m"(shared.stop)
                     : "rbx", "r15", "xmm15", "cc", "memory");
    return NULL;
}

static int has_word(const struct stopped_thread *thread, uint64_t wanted)
{
    for (uint64_t at = thread->vector_begin; at + 8 <= thread->vector_end; at += 8)
        if (*(const uint64_t *)(uintptr_t)at == wanted)
            return 1;
    return 0;
}

static void registers_are_reported(void **state)
{
    struct worker worker;
    struct stopped_world world;
    struct stopped_thread copy;
    int in_vector = 0;
    start(&worker, loop_with_registers);
    do { /* until it has reached the loop */
        assert_int_equal(stop_world_hold(&world, LIMIT), 0);
        copy = *find(&world, worker.tid);
        in_vector = has_word(&copy, IN_XMM15);
        stop_world_release(&world);
    } while (copy.registers[11] != IN_RBX || copy.registers[7] != IN_R15);
    assert_true(in_vector);
    finish(&worker, 1);
}

__attribute__((noinline)) static uint64_t capture_with_rbx(struct stopped_thread *thread)
{
    register uint64_t rbx __asm__("rbx") = IN_RBX;
    __asm__ volatile("" : "+r"(rbx));
    stop_world_capture(thread);
    __asm__ volatile("" : "+r"(rbx));
    return rbx;
}

static void caller_is_captured(void **state)
{
    struct stopped_thread self;
    assert_true(capture_with_rbx(&self) == IN_RBX);
    assert_true(self.registers[11] == IN_RBX);
    assert_in_range(self.stack_pointer, (uintptr_t)__builtin_frame_address(0) - 65536,
                    (uintptr_t)__builtin_frame_address(0));
    assert_int_equal(self.thread_pointer, (uint64_t)pthread_self());
    assert_int_equal(self.tid, getpid());
    assert_int_equal(self.held, 1);
}

/* --- many, and ever new -------------------------------------------------- */

static void five_hundred_threads(void **state)
{
    static struct worker workers[THREADS];
    struct stopped_world world;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 128 * 1024);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&workers[i].thread, &small, block_in_read, &workers[i]), 0);
    while (shared.ready < THREADS)
        sched_yield();
    for (int round = 0; round < 3; round++) {
        assert_int_equal(stop_world_hold(&world, LIMIT), 0);
        size_t held = world.held, silent = world.silent, known = 0;
        for (int i = 0; i < THREADS; i++)
            known += find(&world, workers[i].tid) != NULL;
        stop_world_release(&world);
        assert_int_equal(held, THREADS);
        assert_int_equal(silent, 0);
        assert_int_equal(known, THREADS);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(write(shared.pipe[1], "x", 1), 1);
    finish(workers, THREADS);
    assert_int_equal(shared.waited_to_the_end, THREADS);
}

static void *nothing(void *argument)
{
    shared.ticks++;
    return argument;
}

static void *create_threads(void *argument)
{
    announce(argument);
    while (!shared.stop) {
        pthread_t child;
        if (pthread_create(&child, NULL, nothing, NULL) == 0)
            pthread_join(child, NULL);
    }
    return NULL;
}

/* The folder's links are the threads and two. */
static size_t count_listed(void)
{
    struct stat status;
    return sys_stat("/proc/self/task", &status) == 0 ? status.st_nlink - 2 : 0;
}

static void threads_being_created_are_stopped_too(void **state)
{
    struct worker workers[3];
    struct stopped_world world;
    for (int i = 0; i < 3; i++)
        start(&workers[i], create_threads);
    for (int round = 0; round < 400; round++) {
        assert_int_equal(stop_world_hold(&world, LIMIT), 0);
        uint64_t ticks = shared.ticks;
        for (int i = 0; i < 10; i++)
            sys_sched_yield();
        uint64_t ticks_later = shared.ticks;
        size_t held = world.held, silent = world.silent, listed = count_listed();
        stop_world_release(&world);
        assert_int_equal(ticks, ticks_later);
        assert_int_equal(silent, 0);
        assert_in_range(held, 3, 6);
        assert_int_equal(listed, held + 1);
    }
    finish(workers, 3);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(looping_threads_stand_still_and_go_on),
        CASE(read_is_not_interrupted),
        CASE(sleepers_are_held),
        CASE(libc_cannot_block_it),
        CASE(thread_that_blocks_it_is_listed_as_silent),
        CASE(pending_signal_does_not_kill_at_default_disposition),
        CASE(late_thread_does_not_disturb_the_next_hold),
        CASE(nothing_is_left_behind),
        CASE(thread_on_its_signal_stack),
        CASE(frame_goes_to_the_signal_stack_but_not_the_stack_pointer),
        CASE(registers_are_reported),
        CASE(caller_is_captured),
        CASE(five_hundred_threads),
        CASE(threads_being_created_are_stopped_too),
    };
#ifdef __SANITIZE_THREAD__
    /* ThreadSanitizer locks in instrumented code; a thread that is held there keeps the lock. */
    (void)tests;
    return 0;
#else
    return cmocka_run_group_tests(tests, NULL, NULL);
#endif
}
