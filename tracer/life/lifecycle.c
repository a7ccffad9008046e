#include "life/lifecycle.h"

#include "log/trace_log.h"
#include "os/sys.h"

#include <string.h>
#include <time.h>

static struct env_options options;

int lifecycle_take_options(char *problem, size_t problem_size)
{
    int result = env_take_options(&options, problem, problem_size);
    /* The first program of this run begins now. */
    if ((options.trace_children || options.follow_exec) && !options.traced_since)
        options.traced_since = sys_nanoseconds(CLOCK_REALTIME);
    return result;
}

const struct env_options *lifecycle_options(void)
{
    return &options;
}

void lifecycle_skip_leak_check(enum trace_obstacle why)
{
    options.leak_check = false;
    trace_log_header->check.obstacle = why;
}

bool lifecycle_is_own_process(void)
{
    return trace_log_header && trace_log_header->pid == (uint32_t)sys_getpid();
}

/* Release: whoever reads the magic finds the rest of the header. */
void lifecycle_publish_log(void)
{
    uint64_t magic;
    memcpy(&magic, TRACE_MAGIC, sizeof magic);
    __atomic_store_n((uint64_t *)trace_log_header->magic, magic, __ATOMIC_RELEASE);
}
