// Everything is freed, by an atexit handler and by a destructor: no leaks are possible.
#include "leak.h"
static void *first, *second;
static void free_first(void)
{
    free(first);
}
static __attribute__((destructor)) void free_second(void)
{
    free(second);
}
int main(void)
{
    atexit(free_first);
    first = node(24, NULL);
    second = node(32, NULL);
}
