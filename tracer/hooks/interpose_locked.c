/* mlockall(): see locked_memory.h for why. */
#include "hooks/interpose.h"

#include "hooks/locked_memory.h"
#include "os/sys.h"

#include <errno.h>

INTERPOSE int mlockall(int flags)
{
    long result = interpose_is_observed() && lifecycle_is_own_process()
                      ? locked_memory_lock_all(flags)
                      : sys_call_unguarded(SYS_mlockall, flags, 0, 0, 0, 0, 0);
    if (result == 0)
        return 0;
    errno = (int)-result;
    return -1;
}
