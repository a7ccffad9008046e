/* held_threads: threads that do what can be looked at while they are held, for the tests of
 * stop_world. */
#ifndef HELD_THREADS_H
#define HELD_THREADS_H

#include "stop/stop_world.h"

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

static __attribute__((unused)) int set_up(void **state)
{
    memset(&shared, 0, sizeof shared);
    return pipe(shared.pipe);
}

static __attribute__((unused)) int tear_down(void **state)
{
    close(shared.pipe[0]);
    close(shared.pipe[1]);
    return 0;
}

static __attribute__((unused)) void announce(struct worker *worker)
{
    worker->high = (char *)__builtin_frame_address(0) + 4096;
    worker->low = worker->high - 65536;
    worker->tid = (uint32_t)sys_gettid();
    shared.ready++;
}

static __attribute__((unused)) void *loop(void *argument)
{
    announce(argument);
    while (!shared.stop)
        shared.ticks++;
    return NULL;
}

static __attribute__((unused)) void *block_in_read(void *argument)
{
    char byte;
    announce(argument);
    /* SA_RESTART: no release in between shows here. */
    assert_int_equal(read(shared.pipe[0], &byte, 1), 1);
    shared.waited_to_the_end++;
    return NULL;
}

static __attribute__((unused)) void *block_all_signals(void *argument)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    return loop(argument);
}

static __attribute__((unused)) void *block_all_in_the_kernel(void *argument)
{
    uint64_t all = ~0ull;
    sys_sigprocmask(SIG_SETMASK, &all, NULL);
    return loop(argument);
}

static __attribute__((unused)) void start(struct worker *worker, void *(*body)(void *))
{
    int before = shared.ready;
    memset(worker, 0, sizeof *worker);
    assert_int_equal(pthread_create(&worker->thread, NULL, body, worker), 0);
    while (shared.ready == before)
        sched_yield();
}

static __attribute__((unused)) void finish(struct worker *workers, size_t count)
{
    shared.stop = 1;
    for (size_t i = 0; i < count; i++)
        pthread_join(workers[i].thread, NULL);
}

static __attribute__((unused)) const struct stopped_thread *find(const struct stopped_world *world,
                                                                 uint32_t tid)
{
    for (size_t i = 0; i < world->count; i++)
        if (world->threads[i].tid == tid)
            return &world->threads[i];
    return NULL;
}

static __attribute__((unused)) void assert_in_frame(const struct worker *worker,
                                                    const struct stopped_thread *thread)
{
    assert_non_null(thread);
    assert_int_equal(thread->held, 1);
    assert_in_range(thread->stack_pointer, (uintptr_t)worker->low, (uintptr_t)worker->high);
    /* On glibc pthread_t is the thread pointer. */
    assert_int_equal(thread->thread_pointer, (uint64_t)worker->thread);
    assert_int_equal(thread->registers[STOP_WORLD_REGISTERS - 1], thread->stack_pointer);
}

#endif
