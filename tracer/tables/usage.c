#include "tables/usage.h"

#include "log/trace_log.h"
#include "os/decimal.h"
#include "os/sys.h"
#include "tables/ages.h"
#include "tables/moments.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>

#define QUANTUM_MIN       4096
#define QUANTUM_SHARE     1024
#define FIRST_INTERVAL_NS 5000000u
#define BATCH_MAX         (1u << 20)
#define BATCH_LEAST       4u
#define SLOW_NS           100000000u /* for a batch */

struct trace_peak *usage_peak;

static struct {
    struct trace_sample *samples; /* NULL: no space */
    atomic_uint busy;
    atomic_uint_least64_t next_ns;
    uint64_t interval_ns;
    uint32_t count;
    bool cannot_ask;
    uint64_t resident_known;
} timeline = {.interval_ns = FIRST_INTERVAL_NS};

/* --- the peak ------------------------------------------------------------ */

static void raise_peak(int64_t live)
{
    int64_t before = __atomic_load_n(&usage_peak->bytes, __ATOMIC_RELAXED);
    while (live > before)
        if (__atomic_compare_exchange_n(&usage_peak->bytes, &before, live, true, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
            int64_t quantum = live / QUANTUM_SHARE;
            __atomic_store_n(&usage_peak->quantum,
                             (uint64_t)(quantum > QUANTUM_MIN ? quantum : QUANTUM_MIN),
                             __ATOMIC_RELAXED);
            __atomic_fetch_add(&usage_peak->epoch, 1, __ATOMIC_RELAXED);
            return;
        }
}

__attribute__((noinline)) void usage_add_shared(struct thread *thread, int64_t bytes)
{
    int64_t quantum = (int64_t)__atomic_load_n(&usage_peak->quantum, __ATOMIC_RELAXED);
    int64_t unflushed = thread->usage.unflushed + bytes;
    thread->usage.unflushed = unflushed;
    if (__builtin_expect(unflushed < quantum && unflushed > -quantum, 1))
        return;
    thread->usage.unflushed = 0;
    raise_peak(__atomic_add_fetch(&usage_peak->live_bytes, unflushed, __ATOMIC_RELAXED));
}

/* --- the timeline -------------------------------------------------------- */

/* The second number of /proc/self/statm, in pages. */
uint64_t usage_resident(void)
{
    char text[128];
    if (timeline.resident_known)
        return timeline.resident_known;
    long fd = timeline.cannot_ask ? -1 : sys_open("/proc/self/statm", O_RDONLY | O_CLOEXEC, 0);
    long length = fd < 0 ? -1 : sys_read((int)fd, text, sizeof text - 1);
    if (fd >= 0)
        sys_close((int)fd);
    if (length <= 0) {
        timeline.cannot_ask = true;
        return 0;
    }
    text[length] = 0;
    const char *second = strchr(text, ' ');
    return second && *++second ? decimal_read(&second) * SYS_PAGE : 0;
}

/* Every other sample stays. A reader that comes in between finds some twice: they are in no order
 * then, which tells it. */
static void halve(void)
{
    for (uint32_t i = 0; i < TRACE_SAMPLES_MAX / 2; i++)
        timeline.samples[i] = timeline.samples[2 * i + 1];
    for (uint32_t i = TRACE_SAMPLES_MAX / 2; i < TRACE_SAMPLES_MAX; i++)
        __atomic_store_n(&timeline.samples[i].time_ns, 0, __ATOMIC_RELEASE);
    timeline.count = TRACE_SAMPLES_MAX / 2;
    timeline.interval_ns *= 2;
}

static void take_sample(uint64_t now)
{
    if (timeline.count == TRACE_SAMPLES_MAX)
        halve();
    struct trace_sample *sample = &timeline.samples[timeline.count++];
    int64_t live = __atomic_load_n(&usage_peak->live_bytes, __ATOMIC_RELAXED);
    sample->live_bytes = live > 0 ? (uint64_t)live : 0;
    sample->live_blocks = thread_live_blocks();
    sample->resident_bytes = usage_resident();
    /* Release: a reader that sees the time sees the rest. */
    __atomic_store_n(&sample->time_ns, now, __ATOMIC_RELEASE);
    uint32_t epoch = __atomic_load_n(&usage_peak->epoch, __ATOMIC_RELAXED);
    if (epoch != usage_peak->timed) {
        __atomic_store_n(&usage_peak->time_ns, now, __ATOMIC_RELAXED);
        /* Release: a reader that sees the epoch sees its time. */
        __atomic_store_n(&usage_peak->timed, epoch, __ATOMIC_RELEASE);
    }
}

/* Whoever finds another thread at it lets it be. */
static void sample_at(uint64_t now)
{
    unsigned idle = 0;
    if (!timeline.samples ||
        !atomic_compare_exchange_strong_explicit(&timeline.busy, &idle, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return;
    take_sample(now);
    atomic_store_explicit(&timeline.next_ns, now + timeline.interval_ns, memory_order_relaxed);
    atomic_store_explicit(&timeline.busy, 0, memory_order_release);
}

/* So many events between two looks at the clock that there are a few looks for each sample, however
 * fast or slow the thread goes: each is a system call. A thread that is so slow that moments of
 * growth would be missed looks after a few events, which it hardly feels. */
uint32_t usage_next_batch(uint32_t batch, uint64_t took)
{
    uint32_t least = took > SLOW_NS ? BATCH_LEAST : USAGE_BATCH_MIN;
    if (took < (batch < USAGE_BATCH_MIN ? SLOW_NS : timeline.interval_ns) / 4)
        return batch < BATCH_MAX ? batch * 2 : batch;
    return took > timeline.interval_ns && batch > least ? batch / 2 : batch;
}

/* Once in milliseconds at most. A handler that jumped out of it would leave a file open, and no
 * sample would ever be taken again; and a thread that forks waits for it. */
static void look_around(struct thread *thread, uint64_t now)
{
    const uint64_t all = SYS_SIGNALS_BUT_BUS;
    uint64_t mask;
    bool blocked = !sys_is_error(sys_sigprocmask(SIG_BLOCK, &all, &mask));
    atomic_store_explicit(&thread->gate.at_length, true, memory_order_release);
    if (now >= atomic_load_explicit(&timeline.next_ns, memory_order_relaxed))
        sample_at(now);
    if (moments_are_due(now))
        moments_take(now);
    if (ages_are_due(now))
        ages_take(now);
    atomic_store_explicit(&thread->gate.at_length, false, memory_order_release);
    if (blocked)
        sys_sigprocmask(SIG_SETMASK, &mask, NULL);
}

__attribute__((noinline, cold)) void usage_sample(struct thread *thread)
{
    if (thread->usage.batch == 0)
        thread->usage.batch = USAGE_BATCH_MIN;
    thread->usage.until_sample = thread->usage.batch;
    /* In a sandbox the kernel may not be asked, and reading the processor's own clock may kill. */
    if (sys_guard_is_on)
        return;
    uint64_t now = trace_log_now();
    thread->usage.batch = usage_next_batch(thread->usage.batch, now - thread->usage.looked_ns);
    thread->usage.looked_ns = now;
    if (now >= atomic_load_explicit(&timeline.next_ns, memory_order_relaxed) ||
        moments_are_due(now) || ages_are_due(now))
        look_around(thread, now);
}

void usage_begin(void)
{
    usage_peak = &trace_log_header->peak;
    usage_peak->quantum = QUANTUM_MIN;
    timeline.samples =
        trace_log_extend(TRACE_TIMELINE, 0, TRACE_SAMPLES_MAX * sizeof(struct trace_sample), 0);
}

void usage_know_resident(uint64_t bytes)
{
    timeline.resident_known = bytes;
}

void usage_forked(void)
{
    atomic_store_explicit(&timeline.busy, 0, memory_order_relaxed);
    moments_forked();
    ages_forked();
}

void usage_end(void)
{
    for (struct thread *thread = thread_first(); thread; thread = thread->next) {
        int64_t unflushed = thread->usage.unflushed;
        thread->usage.unflushed = 0;
        raise_peak(__atomic_add_fetch(&usage_peak->live_bytes, unflushed, __ATOMIC_RELAXED));
    }
    if (!sys_guard_is_on)
        sample_at(trace_log_now());
}
