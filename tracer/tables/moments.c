#include "tables/moments.h"

#include "log/trace_log.h"

#include <stdatomic.h>
#include <string.h>

#define FIRST_NS    500000000u
#define INTERVAL_NS 250000000u
#define SHARE       1000u /* of the time */
#define ROOM_FIRST  128u  /* rows of a moment */
#define ROOM_FACTOR 4u

uint64_t moments_next_ns = FIRST_NS;

static struct {
    atomic_uint busy;
    struct trace_moment *moments;
    struct trace_growth *rows; /* `room` of them for each moment */
    uint32_t room;
    uint32_t number; /* of the extent that they are in */
    uint32_t count;  /* moments taken */
    uint64_t interval_ns;
    bool full; /* no space any longer */
} growth = {.interval_ns = INTERVAL_NS};

/* --- what is live -------------------------------------------------------- */

struct live {
    int64_t bytes;
    int64_t blocks;
};

/* Of a record whose thread counts in it meanwhile, off by what it does. */
static struct live live_of(uint64_t index)
{
    const struct trace_account *account = chunk_table_at(&trace_log_accounts, index);
    uint64_t allocated = __atomic_load_n(&account->bytes_allocated, __ATOMIC_RELAXED);
    uint64_t allocations = __atomic_load_n(&account->allocations, __ATOMIC_RELAXED);
    return (struct live){
        (int64_t)(allocated - __atomic_load_n(&account->bytes_freed, __ATOMIC_RELAXED)),
        (int64_t)(allocations - __atomic_load_n(&account->frees, __ATOMIC_RELAXED))};
}

static unsigned size_class(int64_t bytes)
{
    uint64_t size = (uint64_t)(bytes < 0 ? -bytes : bytes);
    return size ? 64u - (unsigned)__builtin_clzll(size) : 0;
}

struct survey {
    uint64_t accounts;
    uint32_t by_class[65]; /* records that have something live */
};

static bool is_there(uint64_t index)
{
    return chunk_table_reserve(&trace_log_accounts, index, false);
}

static void survey_take(struct survey *survey)
{
    uint64_t count = atomic_load_explicit(&trace_log_accounts.count, memory_order_acquire);
    memset(survey, 0, sizeof *survey);
    for (uint64_t i = 1; i < count && is_there(i); i++) {
        struct live live = live_of(i);
        if (live.bytes || live.blocks)
            survey->by_class[size_class(live.bytes)]++;
        survey->accounts = i;
    }
}

/* The least size class of which all rows have space, and how many that are. */
static unsigned lowest_class(const struct survey *survey, uint32_t *rows)
{
    unsigned lowest = 65;
    *rows = 0;
    while (lowest > 0 && *rows + survey->by_class[lowest - 1] <= TRACE_GROWTH_ROWS)
        *rows += survey->by_class[--lowest];
    return lowest;
}

/* --- space --------------------------------------------------------------- */

static uint64_t first_row(uint32_t number, uint32_t moment)
{
    return ((uint64_t)number << TRACE_GROWTH_NUMBER_SHIFT) + (uint64_t)moment * growth.room;
}

static struct trace_growth *rows_of(const struct trace_moment *moment)
{
    return growth.rows + (moment->first & ((1ull << TRACE_GROWTH_NUMBER_SHIFT) - 1));
}

/* Each moment has space of its own. */
static bool make_room(uint32_t rows)
{
    uint32_t before = growth.room, room = before ? before : ROOM_FIRST;
    while (room < rows)
        room *= ROOM_FACTOR;
    if (room == before)
        return true;
    struct trace_growth *larger =
        trace_log_extend(TRACE_GROWTH, growth.number + 1, TRACE_MOMENTS_MAX * room * sizeof *larger,
                         (uint64_t)(growth.number + 1) << TRACE_GROWTH_NUMBER_SHIFT);
    if (!larger)
        return false;
    for (uint32_t i = 0; before && i < growth.count; i++)
        memcpy(larger + (size_t)i * room, rows_of(&growth.moments[i]),
               growth.moments[i].rows * sizeof *larger);
    growth.room = room;
    growth.number++;
    for (uint32_t i = 0; i < TRACE_MOMENTS_MAX; i++)
        __atomic_store_n(&growth.moments[i].first, first_row(growth.number, i), __ATOMIC_RELEASE);
    growth.rows = larger;
    if (before)
        trace_log_drop(TRACE_GROWTH, growth.number - 1);
    return true;
}

static bool make_moments(void)
{
    if (!growth.moments)
        growth.moments =
            trace_log_extend(TRACE_MOMENTS, 0, TRACE_MOMENTS_MAX * sizeof *growth.moments, 0);
    return growth.moments != NULL;
}

/* Every other moment stays. The space of the others is theirs who come next, so moments change
 * places with their rows. A reader that comes in between finds some twice, or misses some. */
static void halve(void)
{
    for (uint32_t i = 0; i < TRACE_MOMENTS_MAX / 2; i++) {
        struct trace_moment left_out = growth.moments[i];
        growth.moments[i] = growth.moments[2 * i + 1];
        growth.moments[2 * i + 1] = left_out;
    }
    for (uint32_t i = TRACE_MOMENTS_MAX / 2; i < TRACE_MOMENTS_MAX; i++)
        __atomic_store_n(&growth.moments[i].time_ns, 0, __ATOMIC_RELEASE);
    growth.count = TRACE_MOMENTS_MAX / 2;
    growth.interval_ns *= 2;
}

/* --- a moment ------------------------------------------------------------ */

static void fill(struct trace_moment *moment, const struct survey *survey, unsigned lowest)
{
    struct trace_growth *rows = rows_of(moment);
    moment->rows = 0;
    moment->left_out = lowest > 0 ? (uint64_t)1 << (lowest - 1) : 0;
    for (uint64_t i = 1; i <= survey->accounts && moment->rows < growth.room; i++) {
        struct live live = live_of(i);
        if ((live.bytes || live.blocks) && size_class(live.bytes) >= lowest)
            rows[moment->rows++] =
                (struct trace_growth){(uint32_t)i, (int32_t)live.blocks, live.bytes};
    }
}

static void take(uint64_t now)
{
    static struct survey survey;
    uint32_t rows;
    survey_take(&survey);
    unsigned lowest = lowest_class(&survey, &rows);
    growth.full = growth.full || !make_moments() || !make_room(rows);
    if (growth.full)
        return;
    if (growth.count == TRACE_MOMENTS_MAX)
        halve();
    struct trace_moment *moment = &growth.moments[growth.count];
    fill(moment, &survey, lowest);
    growth.count++;
    /* Release: a reader that sees the time sees the rest. */
    __atomic_store_n(&moment->time_ns, now, __ATOMIC_RELEASE);
}

/* Whoever finds another thread at it lets it be. */
__attribute__((noinline, cold)) void moments_take(uint64_t now)
{
    unsigned idle = 0;
    if (!atomic_compare_exchange_strong_explicit(&growth.busy, &idle, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return;
    if (now >= moments_next_ns && !growth.full)
        take(now);
    uint64_t pause = (trace_log_now() - now) * SHARE;
    pause = pause > growth.interval_ns ? pause : growth.interval_ns;
    __atomic_store_n(&moments_next_ns, now + pause, __ATOMIC_RELAXED);
    atomic_store_explicit(&growth.busy, 0, memory_order_release);
}

void moments_forked(void)
{
    atomic_store_explicit(&growth.busy, 0, memory_order_relaxed);
}
