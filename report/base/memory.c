#include "base/memory.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*memory_exhausted)(size_t bytes);

void memory_set_exhausted(void (*exhausted)(size_t bytes))
{
    memory_exhausted = exhausted;
}

static void *memory_checked(void *block, size_t bytes)
{
    if (block)
        return block;
    if (memory_exhausted)
        memory_exhausted(bytes);
    abort();
}

void *memory_zeroed(size_t count, size_t size)
{
    return memory_checked(calloc(count ? count : 1, size), size);
}

void *memory_resized(void *old, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count ? count : 1, size, &bytes))
        bytes = SIZE_MAX;
    return memory_checked(realloc(old, bytes), bytes);
}

char *memory_text(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return memory_checked(length < 0 ? NULL : text, strlen(format));
}

char *memory_copy_bytes(const char *bytes, size_t length)
{
    char *copy = memory_resized(NULL, length + 1, 1);

    for (size_t i = 0; i < length; i++)
        copy[i] = bytes[i] ? bytes[i] : '?';
    copy[length] = 0;
    return copy;
}
