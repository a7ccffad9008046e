/* It is what this demo shows. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#pragma GCC diagnostic ignored "-Wuse-after-free"
#endif

#include <stdio.h>
#include <stdlib.h>

#include "use_after_free.h"

enum { CONNECTIONS = 5 };

struct connection {
    int number;
    char peer[36]; /* malloc's own words in a freed block do not reach next */
    struct connection *next;
};

static struct connection *connection_open(int number, struct connection *next)
{
    struct connection *connection = must_have(malloc(sizeof *connection));
    connection->number = number;
    snprintf(connection->peer, sizeof connection->peer, "peer %d", number);
    connection->next = next;
    return connection;
}

static void connection_close(struct connection *connection)
{
    printf("use-after-free: %s is closed\n", connection->peer);
    free(connection);
}

static int close_all(struct connection *first, enum demo_way way)
{
    int closed = 0;
    for (struct connection *at = first, *next; at; at = next, closed++) {
        next = at->next;
        connection_close(at);
        if (way != DEMO_FIXED)
            next = at->next; /* of what is freed */
    }
    return closed;
}

void use_after_free_run(enum demo_way way)
{
    struct connection *first = NULL;
    for (int i = CONNECTIONS; i > 0; i--)
        first = connection_open(i, first);
    printf("use-after-free: %d connections were closed\n", close_all(first, way));
}
