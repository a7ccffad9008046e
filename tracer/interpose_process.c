/* The program's start and its ends. */
#include "interpose.h"

#include "sys.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static __attribute__((constructor)) void begin_at_load(void)
{
    lifecycle_begin();
}

/* --- the end, after every destructor ---------------------------------------------------------------- */

static void (*loader_finish)(void);
static int exit_status;

static void finish_last(void)
{
    if (loader_finish)
        loader_finish();
    lifecycle_end(TRACE_RETURNED, exit_status);
}

typedef int (*main_function)(int, char **, char **);
int __libc_start_main(main_function main, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end);

/* libc registers rtld_fini before anything else, so it runs after everything else. Behind it only
 * stdio's buffers are flushed. */
INTERPOSE int __libc_start_main(main_function main, int argc, char **argv, void (*init)(void), void (*fini)(void),
                                void (*rtld_fini)(void), void *stack_end)
{
    __typeof__(&__libc_start_main) next = (__typeof__(&__libc_start_main))dlsym(RTLD_NEXT, "__libc_start_main");
    loader_finish = rtld_fini;
    return next(main, argc, argv, init, fini, finish_last, stack_end);
}

static void note_status(int status, void *unused)
{
    (void)unused;
    exit_status = status;
}

/* exit's status is told to the handlers of on_exit only. */
static __attribute__((constructor)) void watch_exit(void)
{
    on_exit(note_status, NULL);
}

INTERPOSE void _exit(int status)
{
    lifecycle_end(TRACE_EXITED_FAST, status);
    sys_exit_group(status);
}

INTERPOSE void _Exit(int status)
{
    lifecycle_end(TRACE_EXITED_FAST, status);
    sys_exit_group(status);
}
