#include "os/tracing.h"

#include "os/pages.h"
#include "os/sys.h"

#include <linux/futex.h>

static uint32_t off;
uint32_t *tracing_word = &off;
static uint32_t when_on = TRACING_ON;

bool tracing_begin(void)
{
    uint32_t *word = pages_map_wiped_on_fork(SYS_PAGE);
    if (word)
        tracing_word = word;
    return word != NULL;
}

static void wake(void)
{
    sys_futex(tracing_word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, INT32_MAX, NULL);
}

void tracing_set(bool on)
{
    /* Release: who finds tracing on finds all tables ready. */
    if (__atomic_exchange_n(tracing_word, on ? when_on : TRACING_OFF, __ATOMIC_ACQ_REL) &
        TRACING_PAUSED)
        wake();
}

void tracing_sample(void)
{
    when_on = TRACING_ON | TRACING_SAMPLED;
}

static bool swap(uint32_t from, uint32_t to)
{
    return __atomic_compare_exchange_n(tracing_word, &from, to, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

static uint32_t when_paused(void)
{
    return when_on ^ TRACING_ON ^ TRACING_PAUSED;
}

bool tracing_pause(void)
{
    return swap(when_on, when_paused());
}

void tracing_resume(void)
{
    if (swap(when_paused(), when_on))
        wake();
}

void tracing_await(uint64_t limit_ns)
{
    uint64_t begun = sys_nanoseconds(CLOCK_MONOTONIC);
    uint64_t past = 0;
    while (tracing_is_paused() && past < limit_ns) {
        uint64_t rest = limit_ns - past;
        struct timespec limit = {(time_t)(rest / 1000000000u), (long)(rest % 1000000000u)};
        sys_futex(tracing_word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, when_paused(), &limit);
        past = sys_nanoseconds(CLOCK_MONOTONIC) - begun;
    }
}
