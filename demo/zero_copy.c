/* It is what this demo shows. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#pragma GCC diagnostic ignored "-Wuse-after-free"
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zero_copy.h"

enum { HEADER = 24 };

/* --- buffer: bytes with counted references ------------------------------------------------------
 */

struct buffer {
    unsigned references;
    size_t size;
    char bytes[];
};

static struct buffer *buffer_receive(const char *payload)
{
    size_t size = HEADER + strlen(payload) + 1;
    struct buffer *buffer = must_have(malloc(sizeof *buffer + size));
    buffer->references = 1;
    buffer->size = size;
    memset(buffer->bytes, '-', HEADER);
    strcpy(buffer->bytes + HEADER, payload);
    return buffer;
}

static void buffer_release(struct buffer *buffer)
{
    if (--buffer->references == 0)
        free(buffer);
}

/* --- view: a part of a buffer
 * ---------------------------------------------------------------------
 */

struct view {
    struct buffer *buffer; /* a reference of its own, or NULL */
    const char *bytes;
};

static struct view view_payload(struct buffer *buffer, enum demo_way way)
{
    struct view view = {NULL, buffer->bytes + HEADER};
    if (way == DEMO_FIXED) {
        buffer->references++;
        view.buffer = buffer;
    }
    return view;
}

static char view_first(const struct view *view)
{
    return view->bytes[0];
}

static void view_close(struct view *view)
{
    if (view->buffer)
        buffer_release(view->buffer);
}

/* --- the program
 * ------------------------------------------------------------------------------------ */

void zero_copy_run(enum demo_way way)
{
    struct buffer *packet = buffer_receive("humidity 41 %");
    struct view payload = view_payload(packet, way);
    buffer_release(packet); /* the receiver is done with it */
    printf("zero-copy: the payload begins with %c\n", view_first(&payload));
    view_close(&payload);
}
