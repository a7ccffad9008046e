/* The program's start, and its ends by its own will. */
#include "interpose.h"

#include "sys.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int exit_status;

/* How the program left: the calling thread's registers, and its stack from the caller of this
 * interposer on. Nothing of the tracer's own frames, whose unused words are full of old pointers;
 * nor a red zone, which a function that calls does not have. */
#define END(ending, status)                                                                           \
    do {                                                                                              \
        struct stopped_thread here;                                                                   \
        stop_world_capture(&here);                                                                    \
        here.stack_pointer = (uintptr_t)__builtin_frame_address(0) + 16 + STOP_WORLD_RED_ZONE;        \
        lifecycle_end(ending, status, &here, 0);                                                      \
    } while (0)

/* --- exit, after every destructor ------------------------------------------------------------------- */

static void (*loader_finish)(void);

static void finish_last(void)
{
    if (loader_finish)
        loader_finish();
    END(TRACE_RETURNED, exit_status);
}

typedef int (*main_function)(int, char **, char **);
int __libc_start_main(main_function main, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end);

/* libc registers rtld_fini before anything else, so it runs after everything else. Behind it only
 * stdio's buffers are flushed. */
INTERPOSE int __libc_start_main(main_function main, int argc, char **argv, void (*init)(void), void (*fini)(void),
                                void (*rtld_fini)(void), void *stack_end)
{
    __typeof__(&__libc_start_main) next = (__typeof__(&__libc_start_main))real_find("__libc_start_main");
    loader_finish = rtld_fini;
    return next(main, argc, argv, init, fini, finish_last, stack_end);
}

static void note_status(int status, void *unused)
{
    (void)unused;
    exit_status = status;
}

static void end_quickly(void)
{
    END(TRACE_QUICK_EXITED, exit_status);
}

static __attribute__((constructor)) void begin_at_load(void)
{
    lifecycle_begin();
    /* exit's status is told to the handlers of on_exit only. Registered first, both run last. */
    on_exit(note_status, NULL);
    at_quick_exit(end_quickly);
}

INTERPOSE void quick_exit(int status)
{
    void (*next)(int) = (void (*)(int))real_find("quick_exit");
    exit_status = status;
    next(status);
    __builtin_unreachable();
}

/* --- _exit ------------------------------------------------------------------------------------------ */

INTERPOSE void _exit(int status)
{
    END(TRACE_EXITED_FAST, status);
    sys_exit_group(status);
}

INTERPOSE void _Exit(int status)
{
    END(TRACE_EXITED_FAST, status);
    sys_exit_group(status);
}
