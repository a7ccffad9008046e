/* unwind_library: libunwind's file, its functions, and what it calls itself.
 *
 * It is loaded privately (dlopen, RTLD_LOCAL) and not linked: its _Unwind_* functions would
 * otherwise take the place of libgcc's in the program, and its copy for static linking is not made
 * for shared objects. What it calls in its turn is libc's (RTLD_DEEPBIND), whatever functions of
 * those names the program has, but for three that are ours. For stepper only. */
#ifndef UNWIND_LIBRARY_H
#define UNWIND_LIBRARY_H

#include <stdbool.h>
#include <stdint.h>

#define UNW_LOCAL_ONLY
#include <libunwind.h>

extern struct unwind_library {
    int (*get_context)(unw_context_t *);
    int (*init)(unw_cursor_t *, unw_context_t *);
    int (*step)(unw_cursor_t *);
    int (*get_register)(unw_cursor_t *, int, unw_word_t *);
    int (*is_signal_frame)(unw_cursor_t *);
    int (*get_procedure)(unw_cursor_t *, unw_proc_info_t *);
    int (*set_caching)(unw_addr_space_t, unw_caching_policy_t);
    int (*backtrace)(void **, int);
    unw_accessors_t *(*get_accessors)(unw_addr_space_t);
    unw_addr_space_t *local;
} unwind_library;

/* Fills it in; false and the reason if that cannot be. Called once, before the program runs. */
bool unwind_library_load(const char **reason);
/* What is asked of libunwind next is of this address, and shows how it hands addresses on (0: no
 * more). Before the program runs. */
void unwind_library_expect(uintptr_t address);
/* Whether it was shown, so that the loader's lock is never waited for. */
bool unwind_library_needs_no_lock(void);

/* Whether a loaded file, by what its addresses are raised by, came with libunwind and for the
 * tracer only. */
bool unwind_library_brought(uintptr_t bias);

#endif
