#include "check/stop_world.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "os/sys.h"

#define LIMIT   60000000000ull /* no test waits that long: only a broken one */
#define THREADS 500

/* What a test's threads have in common. */
static struct {
    atomic_int ready;
    atomic_int stop;
    _Atomic uint64_t ticks;
    atomic_int waited_to_the_end;
    int pipe[2];
} shared;

struct worker {
    pthread_t thread;
    _Atomic uint32_t tid;
    char *low, *high; /* its frame lies between */
};

static int set_up(void **state)
{
    memset(&shared, 0, sizeof shared);
    return pipe(shared.pipe);
}

static int tear_down(void **state)
{
    close(shared.pipe[0]);
    close(shared.pipe[1]);
    return 0;
}

static void announce(struct worker *worker)
{
    worker->high = (char *)__builtin_frame_address(0) + 4096;
    worker->low = worker->high - 65536;
    worker->tid = (uint32_t)sys_gettid();
    shared.ready++;
}

static void *loop(void *argument)
{
    announce(argument);
    while (!shared.stop)
        shared.ticks++;
    return NULL;
}

static void *block_in_read(void *argument)
{
    char byte;
    announce(argument);
    /* SA_RESTART: no release in between shows here. */
    assert_int_equal(read(shared.pipe[0], &byte, 1), 1);
    shared.waited_to_the_end++;
    return NULL;
}

static void *block_all_signals(void *argument)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    return loop(argument);
}

static void *block_all_in_the_kernel(void *argument)
{
    uint64_t all = ~0ull;
    sys_sigprocmask(SIG_SETMASK, &all, NULL);
    return loop(argument);
}

static void start(struct worker *worker, void *(*body)(void *))
{
    int before = shared.ready;
    memset(worker, 0, sizeof *worker);
    assert_int_equal(pthread_create(&worker->thread, NULL, body, worker), 0);
    while (shared.ready == before)
        sched_yield();
}

static void finish(struct worker *workers, size_t count)
{
    shared.stop = 1;
    for (size_t i = 0; i < count; i++)
        pthread_join(workers[i].thread, NULL);
}

static const struct stopped_thread *find(const struct stopped_world *world, uint32_t tid)
{
    for (size_t i = 0; i < world->count; i++)
        if (world->threads[i].tid == tid)
            return &world->threads[i];
    return NULL;
}

static void assert_in_frame(const struct worker *worker, const struct stopped_thread *thread)
{
    assert_non_null(thread);
    assert_int_equal(thread->held, 1);
    assert_in_range(thread->stack_pointer, (uintptr_t)worker->low, (uintptr_t)worker->high);
    /* On glibc pthread_t is the thread pointer. */
    assert_int_equal(thread->thread_pointer, (uint64_t)worker->thread);
    assert_int_equal(thread->registers[STOP_WORLD_REGISTERS - 1], thread->stack_pointer);
}

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

/* --- odd callers --------------------------------------------------------- */

static struct stopped_world from_handler;
static int handler_result = -1;

static void hold_in_handler(int signal)
{
    (void)signal;
    handler_result = stop_world_hold(&from_handler, LIMIT);
    if (handler_result == 0)
        stop_world_release(&from_handler);
}

static void hold_inside_a_signal_handler(void **state)
{
    struct sigaction action = {.sa_handler = hold_in_handler};
    struct worker worker;
    start(&worker, loop);
    sigaction(SIGUSR2, &action, NULL);
    raise(SIGUSR2);
    assert_int_equal(handler_result, 0);
    assert_int_equal(from_handler.held, 1);
    finish(&worker, 1);
}

static void hold_with_all_signals_blocked(void **state)
{
    uint64_t all = ~0ull, before, after;
    struct worker worker;
    struct stopped_world world;
    start(&worker, loop);
    sys_sigprocmask(SIG_SETMASK, &all, &before);
    int result = stop_world_hold(&world, LIMIT);
    size_t held = world.held;
    if (result == 0)
        stop_world_release(&world);
    sys_sigprocmask(SIG_SETMASK, &before, &after);
    assert_int_equal(result, 0);
    assert_int_equal(held, 1);
    assert_true((after | 1ull << 8 | 1ull << 18) == ~0ull); /* but SIGKILL and SIGSTOP */
    finish(&worker, 1);
}

static void *hold_too(void *argument)
{
    struct stopped_world world;
    int *result = argument;
    while ((*result = stop_world_hold(&world, LIMIT)) == -EBUSY)
        ;
    if (*result == 0)
        stop_world_release(&world);
    return NULL;
}

static void two_holders_at_once(void **state)
{
    for (int round = 0; round < 100; round++) {
        int results[2] = {1, 1};
        pthread_t threads[2];
        for (int i = 0; i < 2; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, hold_too, &results[i]), 0);
        for (int i = 0; i < 2; i++)
            pthread_join(threads[i], NULL);
        assert_int_equal(results[0], 0);
        assert_int_equal(results[1], 0);
    }
}

static void no_descriptor_left_is_an_error_and_nobody_is_held(void **state)
{
    struct worker worker;
    struct stopped_world world;
    struct rlimit before, none;
    start(&worker, loop);
    getrlimit(RLIMIT_NOFILE, &before);
    none = before;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    int result = stop_world_hold(&world, LIMIT);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_int_equal(result, -EMFILE);
    assert_int_equal(world.count, 0);
    uint64_t ticks = shared.ticks;
    while (shared.ticks == ticks)
        sched_yield();
    assert_int_equal(stop_world_hold(&world, LIMIT), 0);
    stop_world_release(&world);
    finish(&worker, 1);
}

/* setuid() sends the same signal to every thread: it must still arrive. */
static void *change_user(void *argument)
{
    (void)argument;
    while (!shared.stop) {
        assert_int_equal(setresuid((uid_t)-1, geteuid(), (uid_t)-1), 0);
        shared.ticks++;
    }
    return NULL;
}

static void libcs_own_signals_arrive(void **state)
{
    struct worker worker, bystander;
    struct stopped_world world;
    memset(&worker, 0, sizeof worker);
    start(&bystander, loop);
    assert_int_equal(pthread_create(&worker.thread, NULL, change_user, NULL), 0);
    for (int round = 0; round < 300; round++) {
        assert_int_equal(stop_world_hold(&world, LIMIT), 0);
        assert_int_equal(world.held, 2);
        stop_world_release(&world);
    }
    finish(&worker, 1);
    finish(&bystander, 1);
}

/* The main thread has ended, but stays listed as a zombie. */
static _Noreturn void *hold_without_main(void *argument)
{
    struct stopped_world world;
    (void)argument;
    char stat[512];
    do
        sys_read_file("/proc/self/stat", stat, sizeof stat);
    while (!strstr(stat, ") Z "));
    int result = stop_world_hold(&world, LIMIT);
    _exit(result == 0 && world.count == 0 ? 7 : 8);
}

static void ended_main_thread_is_dropped(void **state)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        pthread_t thread;
        pthread_create(&thread, NULL, hold_without_main, NULL);
        pthread_exit(NULL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

/* What the world holds can be read in a child of the bare fork. */
static void child_reads_the_description(void **state)
{
    struct worker worker;
    struct stopped_world world;
    int status = 0;
    start(&worker, loop);
    assert_int_equal(stop_world_hold(&world, LIMIT), 0);
    long child = sys_call(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
    if (child == 0)
        sys_exit_group(world.count == 1 && world.threads[0].tid == worker.tid ? 7 : 8);
    stop_world_release(&world);
    assert_int_equal(waitpid((pid_t)child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 7);
    finish(&worker, 1);
}

/* A container whose /proc is the outer one's: it lists numbers that mean nothing inside. */
static void numbers_of_another_pid_namespace(void **state)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0)
            _exit(77);
        pid_t inner = fork();
        if (inner == 0) {
            struct worker workers[2];
            struct stopped_world world;
            start(&workers[0], loop);
            start(&workers[1], block_all_in_the_kernel);
            int result = stop_world_hold(&world, 200000000);
            const struct stopped_thread *first = find(&world, workers[0].tid);
            const struct stopped_thread *second = find(&world, workers[1].tid);
            sys_exit_group(result == 0 && world.count == 2 && world.held == 1 && first && second &&
                                   first->held && !second->held && first->tid == 2
                               ? 7
                               : 8);
        }
        waitpid(inner, &status, 0);
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 9);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip(); /* no user namespaces here */
    assert_int_equal(WEXITSTATUS(status), 7);
}

static void errno_is_left_alone(void **state)
{
    struct stopped_world world;
    errno = 4711;
    assert_int_equal(stop_world_hold(&world, LIMIT), 0);
    stop_world_release(&world);
    assert_int_equal(errno, 4711);
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
        CASE(hold_inside_a_signal_handler),
        CASE(hold_with_all_signals_blocked),
        CASE(two_holders_at_once),
        CASE(no_descriptor_left_is_an_error_and_nobody_is_held),
        CASE(libcs_own_signals_arrive),
        CASE(ended_main_thread_is_dropped),
        CASE(child_reads_the_description),
        CASE(numbers_of_another_pid_namespace),
        CASE(errno_is_left_alone),
    };
#ifdef __SANITIZE_THREAD__
    /* ThreadSanitizer locks in instrumented code; a thread that is held there keeps the lock. */
    (void)tests;
    return 0;
#else
    return cmocka_run_group_tests(tests, NULL, NULL);
#endif
}
