/* scratch.h: a folder of the test's own, the tracer's log in it, and cases that need a process of
 * their own. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

/* "…/name" in a folder that is made with the first call and removed when the test ends. The text
 * is the caller's until eight calls later. */
const char *scratch_path(const char *name);
/* What a room needs below it: message and trace_log. The log is scratch_path(name). */
void scratch_begin_log(const char *name);

/* Runs `act` in a forked child, where a singleton of the tracer can begin anew, and returns its
 * wait status: 0 when `act` returned. EXPECT is the child's assertion. */
int scratch_in_child(void (*act)(void));
#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: in the child: %s\n", __FILE__, __LINE__, #condition);          \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

/* Runs cases one by one, each in a process of its own after `set_up`, for rooms that keep what they
 * were given; main's status: 0 when all passed. */
struct CMUnitTest;
int scratch_run_apart(const struct CMUnitTest *tests, size_t count, int (*set_up)(void **state));

/* The whole of a file, NUL ended, in a static buffer; "" if there is none. */
const char *scratch_read(const char *path);
void scratch_write(const char *path, const char *text);

/* The same numbers every time: a failure can be looked at again. */
static inline uint64_t scratch_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * 0x2545f4914f6cdd1du;
}

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define SCRATCH_SANITIZED 1
#else
#define SCRATCH_SANITIZED 0
#endif

/* pthread_cleanup_push's, for a thread that is cancelled: AddressSanitizer has not seen its frames
 * end. */
static inline void scratch_cancelled(void *unused)
{
    (void)unused;
#if defined(__SANITIZE_ADDRESS__)
    extern void __asan_unpoison_memory_region(const volatile void *, size_t);
    const volatile char here = 0;
    __asan_unpoison_memory_region(&here - 65536, (size_t)2 * 65536);
#endif
}

#endif
