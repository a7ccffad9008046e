#include <stdlib.h>

#include "libhandlers.h"

struct handler {
    unsigned long id; /* 0: the place is empty */
    handler_function *function;
    void *user_data;
};

struct registry {
    struct handler *handlers; /* capacity places, in the order of registration */
    size_t capacity;
    size_t used; /* places that were ever given out; cancelled ones among them are empty */
    unsigned long last_id;
    size_t dispatched; /* messages */
};

enum { FIRST_CAPACITY = 4 };

static struct registry *registry;

/* Reaches to the end of the library's last page. Otherwise the file's next bytes, its debug
 * information, are mapped there, and a leak check takes them for pointers: "offsets 0x208 to 0x22a"
 * of a range list reads 0x4aa0488, where valgrind has its heap. */
static char last_page[4096] __attribute__((used));

static struct registry *registry_create(void)
{
    struct registry *new = calloc(1, sizeof *new);
    if (!new)
        return NULL;
    new->handlers = calloc(FIRST_CAPACITY, sizeof *new->handlers);
    if (!new->handlers) {
        free(new);
        return NULL;
    }
    new->capacity = FIRST_CAPACITY;
    return new;
}

static struct handler *registry_add_place(void)
{
    if (registry->used == registry->capacity) {
        size_t capacity = 2 * registry->capacity;
        struct handler *grown = realloc(registry->handlers, capacity * sizeof *grown);
        if (!grown)
            return NULL;
        registry->handlers = grown;
        registry->capacity = capacity;
    }
    return &registry->handlers[registry->used++];
}

unsigned long handlers_register(handler_function *function, void *user_data)
{
    if (!registry)
        registry = registry_create();
    if (!registry)
        return 0;
    struct handler *handler = registry_add_place();
    if (!handler)
        return 0;
    *handler = (struct handler){++registry->last_id, function, user_data};
    return handler->id;
}

void *handlers_cancel(unsigned long id)
{
    for (size_t i = 0; id && registry && i < registry->used; i++) {
        struct handler *handler = &registry->handlers[i];
        if (handler->id != id)
            continue;
        void *user_data = handler->user_data;
        *handler = (struct handler){0};
        return user_data;
    }
    return NULL;
}

size_t handlers_dispatch(const char *text, size_t length)
{
    size_t called = 0;
    for (size_t i = 0; registry && i < registry->used; i++) {
        struct handler *handler = &registry->handlers[i];
        if (!handler->id)
            continue;
        handler->function(handler->user_data, text, length);
        called++;
    }
    if (registry)
        registry->dispatched++;
    return called;
}

void handlers_shutdown(void)
{
    if (!registry)
        return;
    free(registry->handlers);
    free(registry);
    registry = NULL;
}
