/* hand_over: system calls that are given memory go on through the guard area (guard/handed). */
#ifndef HAND_OVER_H
#define HAND_OVER_H

#include "capture/unwind.h"
#include "guard/handed.h"

#include <errno.h>

#define BYTES(at, length, name)                                                                    \
    {                                                                                              \
        at, length, HANDED_BYTES, TRACE_PARAMETER_##name                                           \
    }
#define OBJECT(at, name)                                                                           \
    {                                                                                              \
        at, (at) ? sizeof *(at) : 0, HANDED_BYTES, TRACE_PARAMETER_##name                          \
    }
#define STRING(at, name)                                                                           \
    {                                                                                              \
        at, 0, HANDED_STRING, TRACE_PARAMETER_##name                                               \
    }
#define VECTOR(at, count, name)                                                                    \
    {                                                                                              \
        at, (uint64_t)(count), HANDED_VECTOR, TRACE_PARAMETER_##name                               \
    }
#define SIZED(at, length, name)                                                                    \
    {                                                                                              \
        at, (uint64_t)(length), HANDED_SIZED, TRACE_PARAMETER_##name                               \
    }
#define MESSAGE(at, name)                                                                          \
    {                                                                                              \
        at, 0, HANDED_MESSAGE, TRACE_PARAMETER_##name                                              \
    }

/* Returns from the function `name` with the result of `call`, which may find memory in the guard
 * area. A block that another thread frees while the call waits makes it fail with EFAULT, having
 * done nothing: it is made once more. Without an area nothing is done, and the caller goes on. */
#define HAND_OVER(result, failed, name, call, ...)                                                 \
    do {                                                                                           \
        if (__builtin_expect(guard_area_bytes != 0, 0)) {                                          \
            const struct handed handed[] = {__VA_ARGS__};                                          \
            const unsigned count = sizeof handed / sizeof *handed;                                 \
            if (handed_is_guarded(handed, count)) {                                                \
                struct call_site site = UNWIND_CALL_SITE(name);                                    \
                handed_look_at(handed, count, &site);                                              \
                result value = call;                                                               \
                if (value != (failed) || errno != EFAULT)                                          \
                    return value;                                                                  \
                handed_look_at(handed, count, &site);                                              \
                return call;                                                                       \
            }                                                                                      \
        }                                                                                          \
    } while (0)

/* What the argument of ioctl and fcntl points to; nothing for what is no pointer. */
struct handed hand_over_ioctl(unsigned long request, long argument);
struct handed hand_over_fcntl(int command, long argument);
/* So many bytes of a fd_set belong to `count` descriptors. */
uint64_t hand_over_set(const void *set, int count);

/* For the interposed syscall(), before it is made: its arguments from the seventh register's on
 * down (r9, r8, rcx, rdx, rsi, rdi), a gap, and what its caller has on the stack. */
void hand_over_syscall(const long *saved);

#endif
