/* api.h: what the api_* and thread_* programs share.
 *
 * Each program keeps its own books: got() and gone() count what it allocates and frees, tell() prints
 * the truth to which the tracer's totals must be equal. Nothing here allocates, not even say(). CHECK says what failed and goes on; the exit status is 1 then. */
#ifndef API_H
#define API_H
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    unsigned long allocs, frees, bytes, bytes_freed;
    int failures;
} books;

/* printf without a buffer on the heap. */
static void say(const char *format, ...)
{
    char text[1000];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (write(1, text, length) != length)
        _exit(9);
}

#define COUNT(field, by) __atomic_fetch_add(&books.field, (by), __ATOMIC_RELAXED)
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            say("line %d: not so: %s\n", __LINE__, #condition);                             \
            COUNT(failures, 1);                                                                    \
        }                                                                                          \
    } while (0)

/* A block of `size` bytes was allocated, and is filled to its end. */
static inline char *got(void *block, size_t size)
{
    if (!block) {
        COUNT(failures, 1);
        say("no memory for %zu bytes\n", size);
        _exit(1);
    }
    COUNT(allocs, 1);
    COUNT(bytes, size);
    memset(block, 0x5a, size);
    return (char *)block;
}

/* A block of `size` bytes was freed. */
static inline void gone(size_t size)
{
    COUNT(frees, 1);
    COUNT(bytes_freed, size);
}

static inline int tell(void)
{
    say("truth: %lu bytes in %lu blocks: %lu allocs, %lu frees, %lu bytes allocated\n",
            books.bytes - books.bytes_freed, books.allocs - books.frees, books.allocs, books.frees, books.bytes);
    return books.failures ? 1 : 0;
}
#endif
