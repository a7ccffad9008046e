/* LeakSanitizer's interface, for programs that were written for it. */
#include "hooks/interpose.h"

#include "life/lifecycle_check.h"

int __lsan_do_recoverable_leak_check(void);

INTERPOSE int __lsan_do_recoverable_leak_check(void)
{
    struct stopped_thread here;
    struct trace_check check;
    stop_world_capture(&here);
    if (!lifecycle_check(TRACE_CHECK_CALLED, &here, &check))
        return 0;
    return check.leaks.blocks[TRACE_DEFINITELY_LOST] + check.leaks.blocks[TRACE_INDIRECTLY_LOST] >
           0;
}
