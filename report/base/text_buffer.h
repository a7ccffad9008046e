/* text_buffer.h: a text that is made of pieces, in space that grows. */
#ifndef TEXT_BUFFER_H
#define TEXT_BUFFER_H

#include <stddef.h>

struct text_buffer { /* zeroed: empty; free(text) at the end */
    char *text;      /* NUL ended; NULL before the first piece */
    size_t length, capacity;
};

void text_buffer_add(struct text_buffer *buffer, const char *text);
void text_buffer_format(struct text_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The first `length` bytes of it are left. */
void text_buffer_cut(struct text_buffer *buffer, size_t length);
/* Empty again, with its space. */
void text_buffer_clear(struct text_buffer *buffer);

#endif
