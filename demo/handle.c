#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed.h"
#include "handle.h"
#include "libhandlers.h"

/* --- a text with several owners
 * -------------------------------------------------------------------- */

/* Freed when strong falls to 0. */
struct shared_text {
    size_t strong;
    size_t weak;
    size_t borrowed;
    char *bytes; /* length bytes, no NUL */
    size_t length;
    size_t capacity;
};

static struct shared_text *shared_text_create(void)
{
    struct shared_text *text = must_have(calloc(1, sizeof *text));
    text->strong = 1;
    return text;
}

static struct shared_text *shared_text_retain(struct shared_text *text)
{
    text->strong++;
    return text;
}

static void shared_text_release(struct shared_text *text)
{
    if (--text->strong)
        return;
    free(text->bytes);
    free(text);
}

static void shared_text_replace(struct shared_text *text, const char *bytes, size_t length)
{
    char *copy = must_have(malloc(length));
    memcpy(copy, bytes, length);
    free(text->bytes);
    text->bytes = copy;
    text->length = text->capacity = length;
}

/* --- a handler of any type
 * ------------------------------------------------------------------------- */

struct handler_methods {
    void (*handle)(void *self, const char *text, size_t length);
    void (*drop)(void *self);
};

/* A handler whose type is known by its methods only. */
struct any_handler {
    void *self;
    const struct handler_methods *methods;
};

/* What the C library carries for us as one void pointer. */
struct handler_box {
    struct any_handler *handler;
    size_t calls;
};

static struct any_handler *any_handler_create(void *self, const struct handler_methods *methods)
{
    struct any_handler *handler = must_have(malloc(sizeof *handler));
    *handler = (struct any_handler){self, methods};
    return handler;
}

static struct handler_box *box_handler(struct any_handler *handler)
{
    struct handler_box *box = must_have(malloc(sizeof *box));
    *box = (struct handler_box){handler, 0};
    return box;
}

static void drop_box(struct handler_box *box)
{
    struct any_handler *handler = box->handler;
    handler->methods->drop(handler->self);
    free(handler);
    free(box);
}

static void call_boxed_handler(void *user_data, const char *text, size_t length)
{
    struct handler_box *box = user_data;
    box->calls++;
    box->handler->methods->handle(box->handler->self, text, length);
}

/* --- the handler of this program: remembers the latest message -----------------------------------
 */

struct remember_latest {
    struct shared_text *latest;
};

static void remember_latest_handle(void *self, const char *text, size_t length)
{
    struct remember_latest *handler = self;
    shared_text_replace(handler->latest, text, length);
}

static void remember_latest_drop(void *self)
{
    struct remember_latest *handler = self;
    shared_text_release(handler->latest);
    free(handler);
}

static struct any_handler *remember_latest_create(struct shared_text *latest)
{
    static const struct handler_methods methods = {remember_latest_handle, remember_latest_drop};
    struct remember_latest *handler = must_have(malloc(sizeof *handler));
    handler->latest = shared_text_retain(latest);
    return any_handler_create(handler, &methods);
}

/* --- the program
 * ------------------------------------------------------------------------------------ */

static unsigned long start_listening(struct shared_text *latest)
{
    struct handler_box *box = box_handler(remember_latest_create(latest));
    unsigned long id = handlers_register(call_boxed_handler, box);
    if (!id)
        must_have(NULL);
    return id;
}

static void stop_listening(unsigned long id, enum demo_way way)
{
    if (way == DEMO_FIXED) {
        drop_box(handlers_cancel(id));
        handlers_shutdown();
    } else {
        handlers_cancel(id);
    }
}

static void listen_to_feed(enum demo_way way)
{
    struct shared_text *latest = shared_text_create();
    unsigned long id = start_listening(latest);
    struct feed_counts counts = feed_relay();
    printf("handle: %zu messages handled, the latest is \"%.*s\"\n", counts.messages,
           (int)latest->length, latest->bytes);
    stop_listening(id, way);
    shared_text_release(latest);
}

void handle_run(enum demo_way way)
{
    listen_to_feed(way);
    if (way == DEMO_FIXED)
        printf("handle: the handler is cancelled, its box taken back, the library shut down\n");
    else
        printf("handle: the handler is cancelled, and nobody takes back its box\n");
}
