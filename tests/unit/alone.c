#include "alone.h"

#include "os/swap.h"

#include <features.h>

#if __GLIBC_PREREQ(2, 32)
#include <sys/single_threaded.h>

static __attribute__((constructor)) void ask_libc(void)
{
    swap_alone = &__libc_single_threaded;
}

void alone_begin(void)
{
}

void alone_end(void)
{
}
#else
static const char *before;

void alone_begin(void)
{
    static const char yes = 1;
    before = swap_alone;
    swap_alone = &yes;
}

void alone_end(void)
{
    swap_alone = before;
}
#endif
