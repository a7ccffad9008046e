/* free_many KIND: a million bad frees of one kind, while 200000 blocks are live. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMES 1000000
static void *live[200000];
static char data[TIMES];
int main(int count, char **arguments)
{
    int live_count = sizeof live / sizeof *live;
    for (int i = 0; i < live_count; i++)
        live[i] = malloc(32);
    void *block = malloc(100);
    free(block);
    for (int i = 0; i < TIMES; i++)
        if (strcmp(arguments[1], "twice") == 0)
            free(block);
        else if (strcmp(arguments[1], "inside") == 0)
            free((char *)live[i % live_count] + 16);
        else if (strcmp(arguments[1], "data") == 0)
            free(data + i);
        else if (strcmp(arguments[1], "number") == 0)
            free((void *)(0x100000l + i));
        else
            free(realloc(live[i % live_count], 0) + 1 + i);
    puts("survived");
    return 3;
}
