// flags: -O0 -g -fno-builtin
/* A struct's parts are freed, then the struct, then all again through a table that still has it. valgrind: Invalid read of size 8 twice and
 * Invalid free three times, each with "0 bytes inside a block of size 256/6/16 free'd", client_timeout and client_new. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct client {
    char *name, *buffer;
};
static struct client *table[8];

static struct client *client_new(const char *name)
{
    struct client *client = calloc(1, sizeof *client);
    client->name = strdup(name);
    client->buffer = malloc(256);
    return client;
}
static void client_timeout(int i)
{
    free(table[i]->buffer);
    free(table[i]->name);
    free(table[i]); /* table[i] stays */
}

int main(void)
{
    for (int i = 0; i < 8; i++) {
        char name[20];
        sprintf(name, "call%d", i);
        table[i] = client_new(name);
    }
    client_timeout(3);
    for (int i = 0; i < 8; i++)
        client_timeout(i);
    return 0;
}
