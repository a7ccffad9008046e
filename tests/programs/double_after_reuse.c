// flags: -O0 -g -fno-builtin
/* Free, allocate, free the old pointer again, allocate: the second free is the wrong one (second_free), of the block that first_free freed;
 * valgrind names both, because it keeps freed blocks back. The last two frees are right. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static char *shared;

static void first_free(void) { free(shared); }
static void second_free(void) { free(shared); }
static char *next_block(const char *text)
{
    char *p = malloc(200);
    strcpy(p, text);
    return p;
}

int main(void)
{
    shared = malloc(200);
    first_free();
    char *b = next_block("important");
    second_free();
    char *d = next_block("overwritten");
    printf("%s %s\n", b, d);
    free(b);
    free(d);
    return 0;
}
