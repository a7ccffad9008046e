#include "held_threads.h"

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
        CASE(hold_inside_a_signal_handler), CASE(hold_with_all_signals_blocked),
        CASE(two_holders_at_once),          CASE(no_descriptor_left_is_an_error_and_nobody_is_held),
        CASE(libcs_own_signals_arrive),     CASE(ended_main_thread_is_dropped),
        CASE(child_reads_the_description),  CASE(numbers_of_another_pid_namespace),
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
