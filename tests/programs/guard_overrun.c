// flags: -O0 -g -fno-builtin
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *volatile kept;

int main(int count, char **arguments)
{
    (void)arguments;
    if (count > 1) {
        unsigned char *a = malloc(40), *b = calloc(1, 40);
        printf("%02x %02x", a[39], b[39]);
        free(b);
        free(a);
        printf(" %02x\n", ((volatile unsigned char *)a)[20]);
        return 0;
    }
    char *p = malloc(61);
    p[61] = 1;
    free(p);
    p = malloc(32);
    p[-1] = 1;
    p = realloc(p, 64);
    free(p);
    kept = malloc(13); /* the end finds it */
    ((char *)kept)[15] = 1;
    return 0;
}
