// flags: -O0 -g -fno-builtin
/* A freed block so large that its pages are not used again is read when it is kept no longer. */
#include <stdlib.h>

int main(void)
{
    volatile char *p = malloc(9000000);
    free((void *)p);
    for (int i = 0; i < 8; i++)
        free(malloc(8000000));
    return p[5000];
}
