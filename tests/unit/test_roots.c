#include "check/roots.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "os/pages.h"
#include "os/sys.h"

/* What roots_for_each yields, as text: "1000-2000 5000-6000". */
static char yielded[8192];

static void write_range(void *context, uint64_t begin, uint64_t end)
{
    (void)context;
    size_t length = strlen(yielded);
    snprintf(yielded + length, sizeof yielded - length, "%s%lx-%lx", length ? " " : "", begin, end);
}

static struct mapping mappings[64];
static struct memory_map map;
static struct roots roots;

static void begin(const char *text)
{
    map = (struct memory_map){mappings, memory_map_parse(text, strlen(text), mappings, 64)};
    roots_begin(&roots, &map);
}

static const char *all_roots(void)
{
    yielded[0] = '\0';
    roots_for_each(&roots, write_range, NULL);
    return yielded;
}

#define LINE(range, permissions, rest) range " " permissions " 00000000 " rest "\n"
#define ANONYMOUS                      "00:00 0"

static void which_mappings_are_roots(void **state)
{
    begin(LINE("1000-2000", "r-xp", "fe:00 5 /bin/x")              /* */
          LINE("2000-3000", "rw-p", "fe:00 5 /bin/x")              /* .data */
          LINE("4000-5000", "rw-p", ANONYMOUS)                     /* */
          LINE("6000-7000", "rw-s", "00:01 9 /dev/zero (deleted)") /* shared anonymous */
          LINE("8000-9000", "rw-s", "fe:00 9 /tmp/file")           /* */
          LINE("a000-b000", "rw-s", "00:05 9 /dev/dri/card0")      /* */
          LINE("c000-d000", "rw-s", "00:18 9 /dev/shm/x")          /* */
          LINE("e000-f000", "r--p", ANONYMOUS)                     /* */
          LINE("10000-11000", "-w-p", ANONYMOUS)                   /* */
          LINE("12000-13000", "---p", ANONYMOUS)                   /* */
          LINE("14000-15000", "rwxp", ANONYMOUS)                   /* */
          LINE("16000-17000", "rw-p", ANONYMOUS " [stack]")        /* */
    );
    assert_string_equal(all_roots(), "2000-3000 4000-5000 6000-7000 8000-9000 c000-d000 "
                                     "14000-15000 16000-17000");
}

static void exclusions_cut_ranges(void **state)
{
    begin(LINE("1000-2000", "rw-p", ANONYMOUS) LINE("3000-4000", "rw-p", ANONYMOUS)
              LINE("4000-5000", "rw-p", ANONYMOUS) LINE("6000-7000", "rw-p", ANONYMOUS));
    roots_exclude(&roots, 0x3800, 0x4800); /* over a border */
    roots_exclude(&roots, 0x1100, 0x1200);
    roots_exclude(&roots, 0x1400, 0x1500);
    roots_exclude(&roots, 0x1180, 0x1300); /* overlapping, out of order */
    roots_exclude(&roots, 0x1180, 0x1190);
    roots_exclude(&roots, 0x1f00, 0x2000); /* at the end */
    roots_exclude(&roots, 0x5000, 0x6000); /* nothing there */
    roots_exclude(&roots, 0x2000, 0x1000); /* empty */
    assert_string_equal(all_roots(), "1000-1100 1300-1400 1500-1f00 3000-3800 4800-5000 6000-7000");
    roots_exclude(&roots, 0, ~0ull);
    assert_string_equal(all_roots(), "");
}

static void ranges_are_whole_words(void **state)
{
    begin(LINE("1000-2000", "rw-p", ANONYMOUS));
    roots_exclude(&roots, 0x1004, 0x1011); /* a block of 13 bytes, say */
    roots_exclude(&roots, 0x101c, 0x101f); /* leaves 1018-101c: no word */
    assert_string_equal(all_roots(), "1020-2000");
}

static void thousands_of_exclusions(void **state)
{
    begin(LINE("100000-40000000", "rw-p", ANONYMOUS));
    for (uint64_t i = 0; i < 20000; i++) {
        uint64_t at = 0x100000 + i * 7919 % 20000 * 0x1000; /* each page once, out of order */
        roots_exclude(&roots, at + 8, at + 0x1000);
    }
    assert_int_equal(roots.missed, 0);
    roots_exclude(&roots, 0x100000 + 20000 * 0x1000, 0x40000000);
    roots_exclude(&roots, 0x100008, 0x100000 + 19999 * 0x1000);
    assert_true(roots.excluded_count >= 20002);
    all_roots();
    char expected[64];
    snprintf(expected, sizeof expected, "100000-100008 %lx-%lx", 0x100000 + 19999 * 0x1000ul,
             0x100008 + 19999 * 0x1000ul);
    assert_string_equal(yielded, expected);
}

static void own_pages_are_no_roots(void **state)
{
    uint64_t page = (uintptr_t)pages_map(4096);
    char text[128];
    snprintf(text, sizeof text, "%lx-%lx rw-p 00000000 00:00 0\n", page - 4096, page + 8192);
    begin(text);
    assert_non_null(strstr(all_roots(), "-"));
    struct roots_range own = {page, page + 4096};
    for (char *range = yielded; *range;) {
        uint64_t low = strtoul(range, &range, 16), high = strtoul(range + 1, &range, 16);
        assert_true(high <= own.begin || low >= own.end);
        range += *range == ' ';
    }
}

/* --- stacks -------------------------------------------------------------- */

static const char stacks_text[] = LINE("10000-11000", "---p", ANONYMOUS) /* guard */
    LINE("11000-20000", "rw-p", ANONYMOUS)                               /* a stack */
    LINE("30000-40000", "rw-p", ANONYMOUS)                               /* none below */
    LINE("50000-60000", "rw-p", "fe:00 5 /bin/x")                        /* .data */
    LINE("60000-70000", "rw-p", ANONYMOUS)                               /* .bss */
    LINE("7f000-80000", "---p", "fe:00 5 /lib/y") LINE("80000-90000", "rw-p", ANONYMOUS)
        LINE("fff000-1000000", "---p", ANONYMOUS) LINE("1000000-2000000", "rw-p", ANONYMOUS)
            LINE("7ff00000-7ff10000", "rw-p", ANONYMOUS " [stack]");

static const char *roots_with(const struct stopped_thread *threads, size_t count)
{
    begin(stacks_text);
    roots_exclude_below_stacks(&roots, NULL, threads, count);
    return all_roots();
}

#define OTHERS_BEFORE "11000-20000 30000-40000 50000-60000 60000-70000 80000-90000 1000000-2000000 "

static void below_the_main_stack_pointer(void **state)
{
    struct stopped_thread main_thread = {.held = 1,
                                         .red_zone = STOP_WORLD_RED_ZONE,
                                         .stack_pointer = 0x7ff08000,
                                         .thread_pointer = 0x30740};
    assert_string_equal(roots_with(&main_thread, 1), OTHERS_BEFORE "7ff07f80-7ff10000");
    main_thread.held = 0;
    assert_string_equal(roots_with(&main_thread, 1), OTHERS_BEFORE "7ff00000-7ff10000");
}

static void below_a_threads_stack_pointer(void **state)
{
    struct stopped_thread thread = {.held = 1,
                                    .red_zone = STOP_WORLD_RED_ZONE,
                                    .stack_pointer = 0x18000,
                                    .thread_pointer = 0x1f6c0};
    assert_memory_equal(roots_with(&thread, 1), "17f80-20000 30000-40000", 23);
    thread.stack_pointer = 0x11040; /* the red zone would reach into the guard */
    assert_memory_equal(roots_with(&thread, 1), "11000-20000 30000-40000", 23);
}

/* In one mapping of which nothing says that it is a stack. */
static void stack_whose_begin_is_known(void **state)
{
    struct stopped_thread thread = {
        .held = 1, .stack_pointer = 0x35000, .thread_pointer = 0x36000, .stack_begin = 0x31000};
    assert_memory_equal(roots_with(&thread, 1), "11000-20000 30000-31000 35000-40000", 35);
    thread.stack_pointer = 0x30800; /* it runs on another one */
    assert_memory_equal(roots_with(&thread, 1), "11000-20000 30000-40000", 23);
}

static void handler_on_the_signal_stack_knows_what_it_interrupted(void **state)
{
    struct stopped_thread thread = {.held = 1,
                                    .stack_pointer = 0x62000,
                                    .thread_pointer = 0x1f6c0,
                                    .signal_stack_begin = 0x61000,
                                    .signal_stack_end = 0x63000,
                                    .interrupted = 0x18000};
    roots_with(&thread, 1); /* the first as a caller is told: roots_with's are the others */
    roots_exclude_below_stacks(&roots, &thread, NULL, 0);
    assert_memory_equal(all_roots(), "18000-20000 ", 12);
    assert_non_null(strstr(yielded, " 60000-61000 62000-70000 "));
}

static void stack_without_bounds_stays_whole(void **state)
{
    static const uint64_t inside[] = {0x38000, 0x58000, 0x68000, 0x88000};
    for (size_t i = 0; i < 4; i++) {
        struct stopped_thread thread = {
            .held = 1, .red_zone = STOP_WORLD_RED_ZONE, .stack_pointer = inside[i]};
        assert_string_equal(roots_with(&thread, 1), OTHERS_BEFORE "7ff00000-7ff10000");
        thread.thread_pointer = inside[i] + 0x1000;
        assert_string_equal(roots_with(&thread, 1), OTHERS_BEFORE "7ff00000-7ff10000");
    }
}

static void large_guarded_mapping_is_a_stack_only_with_its_thread_pointer(void **state)
{
    struct stopped_thread thread = {
        .held = 1, .red_zone = STOP_WORLD_RED_ZONE, .stack_pointer = 0x1800000};
    assert_string_equal(roots_with(&thread, 1), OTHERS_BEFORE "7ff00000-7ff10000");
    thread.thread_pointer = 0x1fff6c0;
    assert_non_null(strstr(roots_with(&thread, 1), " 17fff80-2000000 "));
}

static void thread_on_another_stack_keeps_its_own_whole(void **state)
{
    /* A coroutine on a guarded stack; the thread's own is the large one. */
    struct stopped_thread threads[2] = {
        {.held = 1,
         .red_zone = STOP_WORLD_RED_ZONE,
         .stack_pointer = 0x18000,
         .thread_pointer = 0x1fff6c0},
        {.held = 1,
         .red_zone = STOP_WORLD_RED_ZONE,
         .stack_pointer = 0x1900000,
         .thread_pointer = 0x19f0000},
    };
    roots_with(threads, 2);
    assert_memory_equal(yielded, "17f80-20000 ", 12);
    assert_non_null(strstr(yielded, " 1000000-2000000 "));
}

static void two_stacks_in_one_mapping(void **state)
{
    struct stopped_thread threads[2] = {
        {.held = 1,
         .red_zone = STOP_WORLD_RED_ZONE,
         .stack_pointer = 0x1900000,
         .thread_pointer = 0x19f0000},
        {.held = 1,
         .red_zone = STOP_WORLD_RED_ZONE,
         .stack_pointer = 0x1200000,
         .thread_pointer = 0x12f0000},
    };
    assert_non_null(strstr(roots_with(threads, 2), " 11fff80-2000000 "));
}

static void signal_stacks_are_cut_by_their_own_bounds(void **state)
{
    struct stopped_thread thread = {.held = 1,
                                    .red_zone = STOP_WORLD_RED_ZONE,
                                    .stack_pointer = 0x62000, /* in .bss */
                                    .thread_pointer = 0x1f6c0,
                                    .signal_stack_begin = 0x61000,
                                    .signal_stack_end = 0x63000};
    roots_with(&thread, 1);
    assert_memory_equal(yielded, "11000-20000 ", 12);
    assert_non_null(strstr(yielded, " 60000-61000 61f80-70000 "));
    thread.signal_stack_begin = 0x12000; /* on the thread's own stack */
    thread.signal_stack_end = 0x14000;
    thread.stack_pointer = 0x13000;
    assert_memory_equal(roots_with(&thread, 1), "11000-12000 12f80-20000 ", 24);
    thread.stack_pointer = 0x18000; /* has one, but does not run on it */
    assert_memory_equal(roots_with(&thread, 1), "17f80-20000 ", 12);
}

/* --- this process -------------------------------------------------------- */

static atomic_int ready, stop;
static void *volatile in_data = (void *)1;
static volatile uintptr_t held_frame, dead_frame; /* addresses */

__attribute__((noinline)) static void leave_a_dead_frame(void)
{
    volatile char frame[3000];
    memset((void *)frame, 1, sizeof frame);
    dead_frame = (uintptr_t)frame + 64;
}

static void *wait_in_a_frame(void *argument)
{
    volatile char frame[64] = {1};
    leave_a_dead_frame();
    held_frame = (uintptr_t)frame;
    ready = 1;
    while (!stop)
        ;
    return (void *)(uintptr_t)frame[argument != NULL];
}

static uint64_t asked;
static int answered;

static void look_for(void *context, uint64_t low, uint64_t high)
{
    (void)context;
    answered |= asked >= low && asked < high;
}

static int is_a_root(uintptr_t address)
{
    asked = address;
    answered = 0;
    roots_for_each(&roots, look_for, NULL);
    return answered;
}

/* Where a guard that the map shows tells it, too; since glibc 2.42 it shows none. */
static uint64_t begin_of_stack(pthread_t thread)
{
    pthread_attr_t attributes;
    void *begin;
    size_t size;
    assert_int_equal(pthread_getattr_np(thread, &attributes), 0);
    assert_int_equal(pthread_attr_getstack(&attributes, &begin, &size), 0);
    pthread_attr_destroy(&attributes);
    return (uintptr_t)begin;
}

static void own_process(void **state)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); /* frames lie elsewhere there */
#endif
    pthread_t thread;
    struct stopped_world world;
    struct stopped_thread self;
    struct memory_map here;
    volatile char in_frame = 1;
    char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *read_only = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *own = pages_map(4096);
    assert_int_equal(pthread_create(&thread, NULL, wait_in_a_frame, NULL), 0);
    while (!ready)
        sched_yield();
    uint64_t stack_begin = begin_of_stack(thread);
    stop_world_capture(&self);
    assert_int_equal(stop_world_hold(&world, STOP_WORLD_LIMIT_DEFAULT), 0);
    int loaded = memory_map_load(&here);
    roots_begin(&roots, &here);
    world.threads[0].stack_begin = stack_begin;
    roots_exclude_below_stacks(&roots, &self, world.threads, world.count);
    size_t held = world.held;
    int found[] = {is_a_root((uintptr_t)&in_data),
                   is_a_root((uintptr_t)&in_frame),
                   is_a_root(held_frame),
                   is_a_root((uintptr_t)pthread_self()),
                   is_a_root((uintptr_t)thread),
                   is_a_root((uintptr_t)shared),
                   is_a_root(dead_frame),
                   is_a_root(self.stack_pointer - 5000),
                   is_a_root((uintptr_t)read_only),
                   is_a_root((uintptr_t)own),
                   is_a_root((uintptr_t)&own_process)};
    stop_world_release(&world);
    stop = 1;
    pthread_join(thread, NULL);
    assert_int_equal(loaded, 0);
    assert_int_equal(held, 1);
    for (int i = 0; i < 11; i++)
        if (found[i] != (i < 6))
            fail_msg("address %d is %sa root", i, found[i] ? "" : "not ");
    munmap(shared, 4096);
    munmap(read_only, 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(which_mappings_are_roots),
        cmocka_unit_test(exclusions_cut_ranges),
        cmocka_unit_test(ranges_are_whole_words),
        cmocka_unit_test(thousands_of_exclusions),
        cmocka_unit_test(own_pages_are_no_roots),
        cmocka_unit_test(below_the_main_stack_pointer),
        cmocka_unit_test(below_a_threads_stack_pointer),
        cmocka_unit_test(stack_whose_begin_is_known),
        cmocka_unit_test(handler_on_the_signal_stack_knows_what_it_interrupted),
        cmocka_unit_test(stack_without_bounds_stays_whole),
        cmocka_unit_test(large_guarded_mapping_is_a_stack_only_with_its_thread_pointer),
        cmocka_unit_test(thread_on_another_stack_keeps_its_own_whole),
        cmocka_unit_test(two_stacks_in_one_mapping),
        cmocka_unit_test(signal_stacks_are_cut_by_their_own_bounds),
        cmocka_unit_test(own_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
