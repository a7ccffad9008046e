#include "events/live_errors.h"

#include "log/trace_log.h"
#include "os/sys.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <stddef.h>

#define PATIENCE_NS 2000000000ull

static atomic_bool is_wanted;

void live_errors_begin(bool wanted)
{
    atomic_store(&is_wanted, wanted);
}

static void note_seen(uint32_t index)
{
    uint32_t seen = __atomic_load_n(&trace_log_header->errors_seen, __ATOMIC_RELAXED);
    while (seen < index &&
           !__atomic_compare_exchange_n(&trace_log_header->errors_seen, &seen, index, true,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
}

/* The bytes that are there already: only that they are written wakes the reader. */
static bool wake_reader(void)
{
    const size_t at = offsetof(struct trace_header, magic);
    int fd = trace_log_descriptor();
    return fd >= 0 && sys_pwrite(fd, trace_log_header->magic, 1, at) == 1;
}

static bool wait_until_shown(uint32_t index)
{
    uint32_t *shown = &trace_log_header->errors_shown, value;
    uint64_t begun = sys_nanoseconds(CLOCK_MONOTONIC), past = 0;
    while ((value = __atomic_load_n(shown, __ATOMIC_ACQUIRE)) < index && past < PATIENCE_NS) {
        uint64_t left = PATIENCE_NS - past;
        struct timespec limit = {(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
        sys_futex(shown, FUTEX_WAIT, value, &limit); /* another process wakes: not private */
        past = sys_nanoseconds(CLOCK_MONOTONIC) - begun;
    }
    return value >= index;
}

/* Who has not answered once will not answer: the report at the end has the errors, too. */
void live_errors_tell(uint64_t index)
{
    if (!atomic_load_explicit(&is_wanted, memory_order_relaxed) || index > UINT32_MAX)
        return;
    note_seen((uint32_t)index);
    if (!wake_reader() || !wait_until_shown((uint32_t)index))
        atomic_store(&is_wanted, false);
}
