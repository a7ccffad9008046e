#include "base/text_buffer.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/memory.h"

/* Room for so many more bytes and a NUL. */
static char *buffer_end(struct text_buffer *buffer, size_t bytes)
{
    enum { BUFFER_LEAST = 256 };
    size_t needed = buffer->length + bytes + 1;

    if (needed > buffer->capacity) {
        size_t doubled = 2 * buffer->capacity;

        buffer->capacity = needed > doubled ? needed : doubled;
        if (buffer->capacity < BUFFER_LEAST)
            buffer->capacity = BUFFER_LEAST;
        buffer->text = memory_resized(buffer->text, buffer->capacity, 1);
    }
    return buffer->text + buffer->length;
}

void text_buffer_add(struct text_buffer *buffer, const char *text)
{
    size_t length = strlen(text);

    memcpy(buffer_end(buffer, length), text, length + 1);
    buffer->length += length;
}

void text_buffer_format(struct text_buffer *buffer, const char *format, ...)
{
    va_list arguments, again;

    va_start(arguments, format);
    va_copy(again, arguments);
    char *end = buffer_end(buffer, 0);
    size_t space = buffer->capacity - buffer->length;
    int length = vsnprintf(end, space, format, arguments);
    if (length >= 0 && (size_t)length >= space)
        vsnprintf(buffer_end(buffer, (size_t)length), (size_t)length + 1, format, again);
    if (length >= 0)
        buffer->length += (size_t)length;
    else
        *end = 0;
    va_end(again);
    va_end(arguments);
}

void text_buffer_clear(struct text_buffer *buffer)
{
    buffer->length = 0;
    *buffer_end(buffer, 0) = 0;
}

void text_buffer_cut(struct text_buffer *buffer, size_t length)
{
    buffer->length = length;
    buffer->text[length] = 0;
}
