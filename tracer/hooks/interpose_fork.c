/* _Fork(): fork() without the handlers by which that is seen. What they do is done here. */
#include "hooks/interpose.h"

#include "life/lifecycle_fork.h"

#include <unistd.h>

pid_t _Fork(void);

INTERPOSE pid_t _Fork(void)
{
    interpose_is_observed();
    if (!real.fork_plain) /* libc has it since 2.34; in fork it calls what is registered */
        return real_libc()->fork();
    lifecycle_before_fork();
    pid_t child = real.fork_plain();
    if (child == 0)
        lifecycle_forked_in_child();
    else
        lifecycle_forked_in_parent();
    return child;
}
