#include "check/leak_lost.h"

#include "check/leak_record.h"
#include "log/trace_log.h"

#include <string.h>

#define FIRST_CAPACITY 1024u

/* Two extents of LOST, filled in turn. */
static struct {
    struct trace_lost *sides[2];
    uint32_t numbers[2]; /* of the extents */
    uint32_t extents;    /* numbers given out */
    size_t capacity;     /* of each side */
    unsigned current;    /* which one counts */
    size_t count;        /* its records */
} lost;

/* --- room ---------------------------------------------------------------- */

static struct trace_lost *make_side(size_t capacity, uint32_t number)
{
    return trace_log_extend(TRACE_LOST, number, capacity * sizeof(struct trace_lost),
                            (uint64_t)number << TRACE_LOST_COUNT_BITS);
}

/* Release: a reader that finds the word finds the records. */
static void publish(void)
{
    uint64_t word = (uint64_t)lost.numbers[lost.current] << TRACE_LOST_COUNT_BITS | lost.count;
    __atomic_store_n(&trace_log_header->lost, word, __ATOMIC_RELEASE);
}

static bool grow(size_t capacity)
{
    uint32_t before[2] = {lost.numbers[0], lost.numbers[1]};
    bool had = lost.capacity > 0;
    struct trace_lost *first = make_side(capacity, lost.extents);
    struct trace_lost *second = make_side(capacity, lost.extents + 1);
    if (!first || !second)
        return false;
    if (lost.count)
        memcpy(first, lost.sides[lost.current], lost.count * sizeof *first);
    lost.sides[0] = first;
    lost.sides[1] = second;
    lost.numbers[0] = lost.extents++;
    lost.numbers[1] = lost.extents++;
    lost.capacity = capacity;
    lost.current = 0;
    publish();
    for (int i = 0; had && i < 2; i++)
        trace_log_drop(TRACE_LOST, before[i]);
    return true;
}

bool leak_lost_begin(void *context, size_t capacity)
{
    (void)context;
    (void)capacity;
    return lost.capacity > 0 || grow(FIRST_CAPACITY);
}

/* --- one check ----------------------------------------------------------- */

/* Since when a block is lost: since this check, unless the one before had the same block, and had
 * it as lost or as possibly lost, as this one does. Both lists go by address; *at goes along. */
static uint32_t since(size_t *at, const struct trace_lost *found, uint32_t number)
{
    const struct trace_lost *known = lost.sides[lost.current];
    uint64_t address = trace_block_address(found->where);
    while (*at < lost.count && trace_block_address(known[*at].where) < address)
        ++*at;
    if (*at == lost.count || trace_block_address(known[*at].where) != address ||
        known[*at].what != found->what)
        return number;
    bool was_possible = trace_verdict_kind(known[*at].where) == TRACE_POSSIBLY_LOST;
    bool is_possible = trace_verdict_kind(found->where) == TRACE_POSSIBLY_LOST;
    return was_possible == is_possible ? known[*at].since : number;
}

static void add_lost(size_t *at, size_t *count, const struct reach *reach, uint32_t i,
                     struct trace_check *check)
{
    struct reach_verdict verdict = reach_verdict_of(reach, i);
    struct trace_lost found = {.where = reach->blocks[i].where | (uint64_t)verdict.kind
                                                                     << TRACE_KIND_SHIFT,
                               .what = reach->blocks[i].what};
    found.since = since(at, &found, check->number);
    if (found.since == check->number) {
        check->fresh_bytes[verdict.kind] += reach_size_of(reach, i);
        check->fresh_blocks[verdict.kind]++;
    }
    if (*count < lost.capacity)
        lost.sides[!lost.current][(*count)++] = found;
}

void leak_lost_write(void *context, const struct reach *reach, struct trace_check *check)
{
    size_t at = 0, count = 0;
    (void)context;
    for (uint32_t i = 0; i < reach->n; i++) {
        struct reach_verdict verdict = reach_verdict_of(reach, i);
        leak_record_count(&check->leaks, reach_size_of(reach, i), &verdict);
        if (verdict.kind != TRACE_REACHABLE)
            add_lost(&at, &count, reach, i, check);
    }
}

bool leak_lost_keep(const struct trace_check *check)
{
    const uint64_t *blocks = check->leaks.blocks;
    size_t count =
        blocks[TRACE_POSSIBLY_LOST] + blocks[TRACE_INDIRECTLY_LOST] + blocks[TRACE_DEFINITELY_LOST];
    if (count > lost.capacity && grow(2 * count))
        return false;
    lost.current = !lost.current;
    lost.count = count < lost.capacity ? count : lost.capacity;
    publish();
    return true;
}

void leak_lost_since(uint64_t number, struct trace_leaks *sums)
{
    *sums = (struct trace_leaks){0};
    for (size_t i = 0; i < lost.count; i++) {
        const struct trace_lost *record = &lost.sides[lost.current][i];
        if (record->since <= number)
            continue;
        enum trace_leak_kind kind = trace_verdict_kind(record->where);
        sums->bytes[kind] += trace_block_size(record->what);
        sums->blocks[kind]++;
    }
}
