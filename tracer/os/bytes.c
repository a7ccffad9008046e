#include "os/bytes.h"

#include <stdint.h>

/* The compiler makes calls of the very functions of loops that look like them; this hides what
 * they do. */
#define NO_IDIOM __asm__ volatile("")

/* The direction flag is clear at every call (ABI), and processors since 2013 are quick with these.
 */
#if defined(__x86_64__)
static inline void copy_up(void *to, const void *from, size_t length)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
}
static inline void fill(void *to, int value, size_t length)
{
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(length) : "a"(value) : "memory");
}
#endif

void *bytes_copy(void *to, const void *from, size_t length)
{
    copy_up(to, from, length);
    return to;
}

void *bytes_move(void *to, const void *from, size_t length)
{
    if ((uintptr_t)to - (uintptr_t)from >= length) {
        copy_up(to, from, length);
        return to;
    }
    while (length-- > 0) {
        NO_IDIOM;
        ((char *)to)[length] = ((const char *)from)[length];
    }
    return to;
}

void *bytes_set(void *to, int value, size_t length)
{
    fill(to, value, length);
    return to;
}

int bytes_compare(const void *left, const void *right, size_t length)
{
    const unsigned char *a = left;
    const unsigned char *b = right;
    for (; length > 0; length--, a++, b++) {
        NO_IDIOM;
        if (*a != *b)
            return *a - *b;
    }
    return 0;
}

void *bytes_find(const void *in, int wanted, size_t length)
{
    for (const unsigned char *byte = in; length > 0; length--, byte++) {
        NO_IDIOM;
        if (*byte == (unsigned char)wanted)
            return (void *)byte;
    }
    return NULL;
}

size_t bytes_text_length_to(const char *text, size_t limit)
{
    size_t length = 0;
    for (; length < limit && text[length]; length++)
        NO_IDIOM;
    return length;
}

size_t bytes_text_length(const char *text)
{
    return bytes_text_length_to(text, SIZE_MAX);
}

int bytes_text_compare_to(const char *left, const char *right, size_t limit)
{
    for (; limit > 0 && *left && *left == *right; limit--, left++, right++)
        NO_IDIOM;
    return limit > 0 ? (unsigned char)*left - (unsigned char)*right : 0;
}

int bytes_text_compare(const char *left, const char *right)
{
    return bytes_text_compare_to(left, right, SIZE_MAX);
}

char *bytes_text_find(const char *text, int wanted)
{
    for (; *text != (char)wanted; text++) {
        NO_IDIOM;
        if (!*text)
            return NULL;
    }
    return (char *)text;
}

char *bytes_text_find_last(const char *text, int wanted)
{
    char *found = NULL;
    for (;; text++) {
        NO_IDIOM;
        if (*text == (char)wanted)
            found = (char *)text;
        if (!*text)
            return found;
    }
}

size_t bytes_text_length_without(const char *text, const char *ends)
{
    size_t length = 0;
    while (text[length] && !bytes_text_find(ends, text[length]))
        length++;
    return length;
}

size_t bytes_text_length_within(const char *text, const char *kept)
{
    size_t length = 0;
    while (text[length] && bytes_text_find(kept, text[length]))
        length++;
    return length;
}
