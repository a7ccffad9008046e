#include "life/lifecycle_unload.h"

#include "capture/frame_cache.h"
#include "capture/unwind.h"
#include "events/bypass.h"
#include "life/fork_gate.h"
#include "life/lifecycle.h"
#include "tables/module_list.h"
#include "tables/stack_table.h"

static void forget_code(uintptr_t begin, uintptr_t end)
{
    stack_table_forget();
    frame_cache_forget(begin, end);
    unwind_forget();
}

void lifecycle_unloading(void)
{
    if (tracing_is_on() && lifecycle_is_own_process())
        bypass_is_there();
}

void lifecycle_unloaded(void)
{
    if (fork_gate_is_on() && lifecycle_is_own_process())
        module_list_refresh(forget_code);
}
