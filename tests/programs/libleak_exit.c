// A library whose constructor registers more exit functions than libc has room for without calloc.
#include <stdlib.h>
static int calls;
static void at_exit(void)
{
    calls++;
}
static __attribute__((constructor)) void register_many(void)
{
    for (int i = 0; i < 100; i++)
        atexit(at_exit);
}
int leak_exit_calls(void)
{
    return calls;
}
