// A block of 29 bytes whose last whole word is a pointer (to 40 bytes: reachable), and one of 20
// whose last four bytes and what follows look like a pointer to 48: they are no word of it.
#include "leak.h"
static void *held[2];
static APART void work(void)
{
    char *a = calloc(1, 29), *b = calloc(1, 20);
    void *first = node(40, NULL), *second = node(48, NULL);
    memcpy(a + 16, &first, 8);
    memcpy(b + 16, &second, 4);
    held[0] = a;
    held[1] = b;
}
int main(void)
{
    work();
    forget();
}
