/* What maps memory: mmap, munmap, mremap, brk, sbrk, for --mmap=yes. Without it all pass by a jump.
 *
 * What libc maps for itself (malloc, the stacks of threads, files that the loader maps) does not
 * come through here, and neither does a system call that the program makes by itself. */
#include "events/mapped.h"
#include "hooks/interpose.h"
#include "log/jitdump.h"
#include "os/sys.h"
#include "trace_format.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/mman.h>

/* No names of libc's that the compiler would check, or replace by others. */
#define ASM_NAME(symbol) __asm__(#symbol)

#define NONE ((void *)-1)
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

/* Found when first called: the next one may be a sanitizer's. */
#define NEXT(result, symbol, parameters)                                                           \
    static result(*next) parameters;                                                               \
    if (__builtin_expect(!next, 0))                                                                \
    next = (result(*) parameters)real_find(#symbol)

/* A sample is one of blocks: what is mapped is recorded whole. */
static bool is_recorded(void)
{
    return (interpose_is_observed() || interpose_is_sampling()) && lifecycle_is_own_process();
}

static uint32_t kind_of(int flags)
{
    return !(flags & MAP_ANONYMOUS) ? TRACE_MAPPED_FILE
           : flags & MAP_SHARED     ? TRACE_MAPPED_SHARED
                                    : TRACE_MAPPED_PRIVATE;
}

/* --- mmap ---------------------------------------------------------------- */

typedef void *map_function(void *, size_t, int, int, int, off_t);

static __attribute__((noinline)) void *map_recorded(map_function *next, void *at, size_t size,
                                                    int rights, int flags, int fd, off_t offset,
                                                    const struct call_site *site)
{
    struct mapped_call call;
    if (!is_recorded() || !mapped_enter(&call, site))
        return next(at, size, rights, flags, fd, offset);
    void *mapped = next(at, size, rights, flags, fd, offset);
    int error = errno;
    if (mapped != NONE)
        mapped_map(&call, (uint64_t)mapped, size, kind_of(flags));
    mapped_leave(&call);
    errno = error;
    return mapped;
}

#define MAP(symbol)                                                                                \
    void *mapped_##symbol(void *, size_t, int, int, int, off_t) ASM_NAME(symbol);                  \
    INTERPOSE void *mapped_##symbol(void *at, size_t size, int rights, int flags, int fd,          \
                                    off_t offset)                                                  \
    {                                                                                              \
        NEXT(void *, symbol, (void *, size_t, int, int, int, off_t));                              \
        if (__builtin_expect(rights & PROT_EXEC, 0) && fd >= 0)                                    \
            jitdump_mapped(fd);                                                                    \
        if (__builtin_expect(!mapped_is_on, 1))                                                    \
            return next(at, size, rights, flags, fd, offset);                                      \
        struct call_site site = UNWIND_CALL_SITE(mapped_##symbol);                                 \
        return map_recorded(next, at, size, rights, flags, fd, offset, &site);                     \
    }
MAP(mmap)
MAP(mmap64)

int mapped_munmap(void *, size_t) ASM_NAME(munmap);
INTERPOSE int mapped_munmap(void *at, size_t size)
{
    struct mapped_call call;
    NEXT(int, munmap, (void *, size_t));
    if (__builtin_expect(!mapped_is_on, 1) || !is_recorded() || !mapped_enter(&call, NULL))
        return next(at, size);
    int result = next(at, size);
    int error = errno;
    if (result == 0)
        mapped_unmap((uint64_t)at, size);
    mapped_leave(&call);
    errno = error;
    return result;
}

/* --- mremap -------------------------------------------------------------- */

typedef void *remap_function(void *, size_t, size_t, int, ...);

static __attribute__((noinline)) void *remap_recorded(remap_function *next, void *old,
                                                      size_t old_size, size_t size, int flags,
                                                      void *to, const struct call_site *site)
{
    struct mapped_call call;
    if (!is_recorded() || !mapped_enter(&call, site))
        return next(old, old_size, size, flags, to);
    void *mapped = next(old, old_size, size, flags, to);
    int error = errno;
    if (mapped != NONE)
        mapped_move(&call, (uint64_t)old, old_size, (uint64_t)mapped, size,
                    old_size == 0 || flags & MREMAP_DONTUNMAP);
    mapped_leave(&call);
    errno = error;
    return mapped;
}

/* The fifth argument is there with some flags only; that of a call without it is whatever the
 * register has, and nobody looks at it. */
void *mapped_mremap(void *, size_t, size_t, int, void *) ASM_NAME(mremap);
INTERPOSE void *mapped_mremap(void *old, size_t old_size, size_t size, int flags, void *to)
{
    NEXT(void *, mremap, (void *, size_t, size_t, int, ...));
    if (__builtin_expect(!mapped_is_on, 1))
        return next(old, old_size, size, flags, to);
    struct call_site site = UNWIND_CALL_SITE(mapped_mremap);
    return remap_recorded(next, old, old_size, size, flags, to, &site);
}

/* --- the end of the data ------------------------------------------------- */

/* Where it is now, by the kernel. */
static uint64_t end_of_data(void)
{
    return (uint64_t)sys_call(SYS_brk, 0, 0, 0, 0, 0, 0);
}

static __attribute__((noinline)) int break_recorded(int (*next)(void *), void *end,
                                                    const struct call_site *site)
{
    struct mapped_call call;
    if (!is_recorded() || !mapped_enter(&call, site))
        return next(end);
    uint64_t before = end_of_data();
    int result = next(end);
    int error = errno;
    if (result == 0)
        mapped_break(&call, before, end_of_data());
    mapped_leave(&call);
    errno = error;
    return result;
}

int mapped_brk(void *) ASM_NAME(brk);
INTERPOSE int mapped_brk(void *end)
{
    NEXT(int, brk, (void *));
    if (__builtin_expect(!mapped_is_on, 1))
        return next(end);
    struct call_site site = UNWIND_CALL_SITE(mapped_brk);
    return break_recorded(next, end, &site);
}

static __attribute__((noinline)) void *step_recorded(void *(*next)(intptr_t), intptr_t step,
                                                     const struct call_site *site)
{
    struct mapped_call call;
    if (!is_recorded() || !mapped_enter(&call, site))
        return next(step);
    void *before = next(step);
    int error = errno;
    if (before != NONE)
        mapped_break(&call, (uint64_t)before, (uint64_t)before + (uint64_t)step);
    mapped_leave(&call);
    errno = error;
    return before;
}

/* A step of 0 asks where the end is. */
void *mapped_sbrk(intptr_t) ASM_NAME(sbrk);
INTERPOSE void *mapped_sbrk(intptr_t step)
{
    NEXT(void *, sbrk, (intptr_t));
    if (__builtin_expect(!mapped_is_on || step == 0, 1))
        return next(step);
    struct call_site site = UNWIND_CALL_SITE(mapped_sbrk);
    return step_recorded(next, step, &site);
}
