/* Unit tests have libc's word for whether there is one thread, as a traced program has it. */
#include <features.h>

#include "os/swap.h"

#if __GLIBC_PREREQ(2, 32)
#include <sys/single_threaded.h>

static __attribute__((constructor)) void ask_libc(void)
{
    swap_alone = &__libc_single_threaded;
}
#endif
