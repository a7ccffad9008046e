#include "check/thread_stacks.h"
#include "scratch.h"

#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "os/memory_read.h"
#include "os/sys.h"

static struct memory_map map;
static struct memory_reader reader;

static size_t read_own(void *context, uint64_t address, void *buffer, size_t length)
{
    (void)context;
    return memory_read(&reader, address, buffer, length);
}

static struct thread_stacks_world look_round(void)
{
    assert_int_equal(memory_map_load(&map), 0);
    assert_int_equal(memory_read_open(&reader), 0);
    return (struct thread_stacks_world){.map = &map, .read = read_own};
}

/* --- a thread, as it sees itself ----------------------------------------- */

static struct worker {
    pthread_t thread;
    uint64_t pointer; /* its thread pointer */
    uint64_t low, high;
    sem_t ready, leave;
} worker;

static void *work(void *unused)
{
    pthread_attr_t attributes;
    void *address;
    size_t size;
    worker.pointer = sys_thread_pointer();
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &address, &size);
    pthread_attr_destroy(&attributes);
    worker.low = (uintptr_t)address;
    worker.high = worker.low + size;
    sem_post(&worker.ready);
    sem_wait(&worker.leave);
    return unused;
}

static void begin_worker(size_t guard, void *stack, size_t size)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setguardsize(&attributes, guard);
    if (stack)
        pthread_attr_setstack(&attributes, stack, size);
    sem_init(&worker.ready, 0, 0);
    sem_init(&worker.leave, 0, 0);
    assert_int_equal(pthread_create(&worker.thread, &attributes, work, NULL), 0);
    sem_wait(&worker.ready);
}

/* --- the cases ----------------------------------------------------------- */

static void stack_of_a_thread(size_t guard)
{
    struct thread_stack stack;
    begin_worker(guard, NULL, 0);
    struct thread_stacks_world world = look_round();
    assert_true(thread_stacks_find(&world, worker.pointer, &stack));
    assert_int_equal(stack.descriptor, worker.pointer);
    sem_post(&worker.leave);
    pthread_join(worker.thread, NULL);
    /* A stack that is used again may be larger than was asked for. */
    assert_in_range(stack.begin, worker.low - 2 * 65536, worker.low - guard);
}

static void stack_with_a_guard(void **state)
{
    stack_of_a_thread(4096);
    stack_of_a_thread(65536);
}

static void stack_without_a_guard(void **state)
{
    stack_of_a_thread(0);
}

static void the_first_threads_stack_is_not_told(void **state)
{
    struct thread_stack stack;
    struct thread_stacks_world world = look_round();
    assert_false(thread_stacks_find(&world, sys_thread_pointer(), &stack));
    assert_false(thread_stacks_find(&world, 0, &stack));
    assert_false(thread_stacks_find(&world, (uintptr_t)&stack & ~63ul, &stack));
}

#define SHADOW (1ull << 32) /* a sanitizer's memory has terabytes */

static unsigned found_count;
static void count_found(void *context, uint64_t begin, uint64_t end)
{
    (void)context;
    assert_true(begin < end);
    if (end == worker.pointer)
        found_count++;
}

/* How often the worker's stack is found to be a dead thread's. */
static unsigned find_worker(const struct stopped_thread *others, size_t count)
{
    struct stopped_thread self = {.held = 1, .thread_pointer = sys_thread_pointer()};
    struct thread_stacks_world world = look_round();
    struct thread_stacks_alive alive = {&self, others, count, sys_thread_pointer(), 0, false, 0};
    found_count = 0;
    for (size_t i = 0; i < map.count; i++)
        if (mapping_is_writable(&map.mappings[i]) && mapping_is_anonymous(&map.mappings[i]) &&
            map.mappings[i].end - map.mappings[i].begin < SHADOW)
            thread_stacks_find_dead(&world, &alive, map.mappings[i].begin, map.mappings[i].end,
                                    count_found);
    return found_count;
}

static void who_is_not_among_the_living_is_dead(void **state)
{
    begin_worker(4096, NULL, 0);
    struct stopped_thread others[3] = {
        {.thread_pointer = 64}, {.held = 1, .thread_pointer = worker.pointer}, {.tid = 1}};
    assert_int_equal(find_worker(others, 3), 0);
    assert_int_equal(find_worker(others, 1), 1);
    sem_post(&worker.leave);
    pthread_join(worker.thread, NULL);
}

static void memory_that_the_program_brought_is_left_alone(void **state)
{
    const size_t size = SCRATCH_SANITIZED ? 4u << 20 : 256u << 10;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    begin_worker(0, memory, size);
    struct thread_stack stack;
    struct thread_stacks_world world = look_round();
    assert_true(thread_stacks_find(&world, worker.pointer, &stack));
    assert_int_equal(stack.begin, (uintptr_t)memory);
    assert_int_equal(find_worker(NULL, 0), 0);
    sem_post(&worker.leave);
    pthread_join(worker.thread, NULL);
    assert_int_equal(find_worker(NULL, 0), 0);
    munmap(memory, size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stack_with_a_guard),
        cmocka_unit_test(stack_without_a_guard),
        cmocka_unit_test(the_first_threads_stack_is_not_told),
        cmocka_unit_test(who_is_not_among_the_living_is_dead),
        cmocka_unit_test(memory_that_the_program_brought_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
