/* A C library that keeps what callers register, in a list, until it is cancelled. */
#include <stdlib.h>
struct handler {
    struct handler *next;
    void *user;
};
static struct handler *handlers;
void leak_handler_register(void *user)
{
    struct handler *handler = malloc(sizeof *handler);
    handler->next = handlers;
    handler->user = user;
    handlers = handler;
}
/* Forgets the newest, and what the caller gave with it: that is the caller's to free. */
void leak_handler_cancel(void)
{
    struct handler *handler = handlers;
    handlers = handler->next;
    free(handler);
}
