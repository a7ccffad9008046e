/* memory.h: memory for the report, with one answer for "there is none left".
 *
 * Everybody in report/ allocates here. leakreport can do nothing useful without memory, so these
 * functions never return NULL: they call the function that main has set, which says so and exits.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Called with the bytes that could not be had; must not return. Without one: abort(). */
void memory_set_exhausted(void (*exhausted)(size_t bytes));

/* `count` elements of `size` bytes, zeroed. */
void *memory_zeroed(size_t count, size_t size);
/* realloc to `count` elements of `size` bytes; new ones are not zeroed. */
void *memory_resized(void *old, size_t count, size_t size);
char *memory_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The `length` bytes as a C string; NUL bytes inside become '?'. */
char *memory_copy_bytes(const char *bytes, size_t length);

/* Room for one more element in an array that holds `count` of them; `capacity` follows. */
#define memory_reserve(array, count, capacity)                                                     \
    do {                                                                                           \
        if ((count) == (capacity)) {                                                               \
            (capacity) = (capacity) ? (capacity)*2 : 16;                                           \
            (array) = memory_resized((array), (capacity), sizeof *(array));                        \
        }                                                                                          \
    } while (0)

/* An array of `count` elements has one of number `index` then: those that are new are zero. */
#define memory_reach(array, count, index)                                                          \
    do {                                                                                           \
        if ((index) >= (count)) {                                                                  \
            uint32_t reached = (index) + (index) / 2 + 64;                                         \
            (array) = memory_resized((array), reached, sizeof *(array));                           \
            memset((array) + (count), 0, (reached - (count)) * sizeof *(array));                   \
            (count) = reached;                                                                     \
        }                                                                                          \
    } while (0)

#endif
