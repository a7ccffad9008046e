/* LeakSanitizer's interface, for programs that were written for it.
 *
 * Where a sanitizer's own library is loaded each call goes on to that. */
#include "hooks/interpose.h"

#include "check/root_regions.h"
#include "events/ignored.h"
#include "hooks/lsan_program.h"
#include "life/lifecycle_check.h"
#include "life/summary.h"

#include <stdatomic.h>

void __lsan_do_leak_check(void);
int __lsan_do_recoverable_leak_check(void);
void __lsan_ignore_object(const void *);
void __lsan_disable(void);
void __lsan_enable(void);
void __lsan_register_root_region(const void *, size_t);
void __lsan_unregister_root_region(const void *, size_t);

/* The next function of the name; NULL: there is none. It is looked for once. */
static void *find_next(_Atomic(void *) *next, const char *name)
{
    static char none;
    void *found = atomic_load_explicit(next, memory_order_relaxed);
    if (__builtin_expect(!found, 0)) {
        found = real_find(name);
        atomic_store_explicit(next, found ? found : &none, memory_order_relaxed);
    }
    return found == &none ? NULL : found;
}

#define PASS_ON(name, ...)                                                                         \
    static _Atomic(void *) next;                                                                   \
    __typeof__(name) *other = (__typeof__(name) *)find_next(&next, #name);                         \
    if (__builtin_expect(other != NULL, 0))                                                        \
    return other(__VA_ARGS__)

static bool find_leaks(const struct stopped_thread *here)
{
    struct trace_check check;
    if (!lsan_program_ask() || !lifecycle_check(TRACE_CHECK_CALLED, here, &check))
        return false;
    bool leaks =
        check.leaks.blocks[TRACE_DEFINITELY_LOST] || check.leaks.blocks[TRACE_INDIRECTLY_LOST];
    if (leaks && !lifecycle_options()->quiet)
        summary_print_check(&check);
    return leaks;
}

INTERPOSE int __lsan_do_recoverable_leak_check(void)
{
    struct stopped_thread here;
    PASS_ON(__lsan_do_recoverable_leak_check, );
    stop_world_capture(&here);
    return find_leaks(&here);
}

/* LeakSanitizer ends the program here if it leaks, and checks no more at its end. What status a
 * traced program ends with is its own, and how much it leaks is told at the end. */
INTERPOSE void __lsan_do_leak_check(void)
{
    struct stopped_thread here;
    PASS_ON(__lsan_do_leak_check, );
    stop_world_capture(&here);
    find_leaks(&here);
}

INTERPOSE void __lsan_ignore_object(const void *pointer)
{
    PASS_ON(__lsan_ignore_object, pointer);
    lifecycle_check_keep_off(ignored_block, pointer);
}

INTERPOSE void __lsan_disable(void)
{
    PASS_ON(__lsan_disable, );
    if (interpose_is_observed())
        ignored_begin();
}

INTERPOSE void __lsan_enable(void)
{
    PASS_ON(__lsan_enable, );
    if (interpose_is_observed())
        ignored_end();
}

INTERPOSE void __lsan_register_root_region(const void *begin, size_t size)
{
    PASS_ON(__lsan_register_root_region, begin, size);
    root_regions_add((uintptr_t)begin, size);
}

INTERPOSE void __lsan_unregister_root_region(const void *begin, size_t size)
{
    PASS_ON(__lsan_unregister_root_region, begin, size);
    root_regions_remove((uintptr_t)begin, size);
}
