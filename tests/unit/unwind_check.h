/* unwind_check: captures that are compared with libunwind's own, for the tests of unwind. */
#ifndef UNWIND_CHECK_H
#define UNWIND_CHECK_H

#include "capture/unwind.h"

#include "capture/frame_cache.h"
#include "tables/module_list.h"
#include "scratch.h"
#include "capture/stack_deep.h"
#include "capture/stack_memo.h"
#include "tables/stack_table.h"
#include "capture/stepper.h"
#include "capture/unwind_library.h"
#include "log/trace_log.h"

#include <alloca.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <cmocka.h>
#include <libunwind.h>

#define NOINLINE         __attribute__((noinline, noclone))
#define WITH_FRAME       __attribute__((noinline, noclone, optimize("no-omit-frame-pointer")))
#define WITHOUT_FRAME    __attribute__((noinline, noclone, optimize("omit-frame-pointer")))
#define AFTER_THE_CALL() __asm__ volatile("" ::: "memory") /* what is before is no tail call */
#define SCALE            (SCRATCH_SANITIZED ? 10 : 1)

static __attribute__((unused)) bool is_stable(uintptr_t address)
{
    return module_list_find(address) != 0;
}

static __attribute__((unused)) int set_up(void **state)
{
    const char *reason;
    scratch_begin_log("unwind.log");
    module_list_begin();
    unwind_verify(true);
    return stack_table_begin(module_list_find, module_list_is_gone) &&
                   frame_cache_begin(is_stable) && stepper_load(&reason)
               ? 0
               : -1;
}

static __attribute__((unused)) void libunwind_shows_which_address_it_looks_for(void **state)
{
    assert_true(unwind_library_needs_no_lock());
}

/* Stands for malloc: what its caller's stack is. */
static __attribute__((unused)) NOINLINE uint32_t capture(void)
{
    struct call_site site = UNWIND_CALL_SITE(capture);
    uint32_t stack = unwind_capture(thread_current(), &site)->node;
    AFTER_THE_CALL();
    return stack;
}

/* unw_backtrace leaves a destructor in each thread that calls it; ThreadSanitizer cannot have one
 * so late. */
#if defined(__SANITIZE_THREAD__)
#define VERIFIES_THREADS false
#else
#define VERIFIES_THREADS true
#endif

/* --- what a stack is compared with --------------------------------------- */

static struct unwind_counts before;
static volatile int two = 2; /* a loop over it is one call for the compiler, too */

static __attribute__((unused)) int begin_counting(void **state)
{
    unwind_count(&before);
    return 0;
}

/* Since begin_counting at least `least` captures, each as libunwind has it. */
static __attribute__((unused)) void assert_all_the_same(uint64_t least)
{
    struct unwind_counts now;
    unwind_count(&now);
    assert_true(now.captures_compared - before.captures_compared >= least);
    assert_int_equal(now.captures_different, before.captures_different);
}

static __attribute__((unused)) unsigned depth_of(uint32_t stack)
{
    unsigned depth = 0;
    for (; stack > TRACE_NODE_CUT; stack = stack_table_parent(stack))
        depth++;
    return depth;
}

static __attribute__((unused)) bool is_cut(uint32_t stack)
{
    while (stack > TRACE_NODE_CUT)
        stack = stack_table_parent(stack);
    return stack == TRACE_NODE_CUT;
}

/* Frames `first` to `first + count - 1` (0: the allocation function itself) are one address. */
static __attribute__((unused)) void assert_recursion(uint32_t stack, unsigned first, unsigned count)
{
    for (unsigned i = 0; i < first; i++)
        stack = stack_table_parent(stack);
    uintptr_t address = stack_table_address(stack);
    for (unsigned i = 0; i < count; i++, stack = stack_table_parent(stack))
        assert_int_equal(stack_table_address(stack), address);
    assert_int_not_equal(stack_table_address(stack), address);
}

/* --- frames of some shapes ----------------------------------------------- */

static __attribute__((unused)) WITH_FRAME uint32_t recurse_with_frame(unsigned more)
{
    uint32_t stack = more ? recurse_with_frame(more - 1) : capture();
    AFTER_THE_CALL();
    return stack;
}

static __attribute__((unused)) WITHOUT_FRAME uint32_t recurse_without_frame(unsigned more)
{
    uint32_t stack = more ? recurse_without_frame(more - 1) : capture();
    AFTER_THE_CALL();
    return stack;
}

static __attribute__((unused)) NOINLINE uint32_t recurse_with_alloca(unsigned more)
{
    volatile char *room = alloca(16 + more * 40 % 500);
    room[0] = 1;
    uint32_t stack = more ? recurse_with_alloca(more - 1) : capture();
    room[1] = room[0];
    return stack;
}

#endif
