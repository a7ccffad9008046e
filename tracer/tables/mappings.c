#include "tables/mappings.h"

#include "log/trace_log.h"
#include "os/pages.h"

#include <stddef.h>
#include <string.h>

#define ORDER_FIRST 1024u

/* Numbers of records, the highest address first: the kernel gives lower and lower ones, so that a
 * new one mostly comes last. Records that are free are linked through `stack`. */
static struct {
    uint32_t *order;
    size_t count, capacity;
    uint32_t free;
} live;

/* --- records ------------------------------------------------------------- */

static struct trace_mapping *at(size_t place)
{
    return chunk_table_at(&trace_log_mappings, live.order[place]);
}

static struct trace_mapping *record_of(uint32_t number)
{
    return chunk_table_at(&trace_log_mappings, number);
}

/* 0: no space. */
static uint32_t take_record(void)
{
    uint64_t number = live.free;
    if (number)
        live.free = record_of(live.free)->stack;
    else if (!chunk_table_claim(&trace_log_mappings, 1, true, &number))
        return 0;
    return (uint32_t)number;
}

static void give_record(uint32_t number)
{
    struct trace_mapping *record = record_of(number);
    __atomic_store_n(&record->begin, 0, __ATOMIC_RELAXED);
    record->stack = live.free;
    live.free = number;
}

/* --- the order ----------------------------------------------------------- */

static bool grow(void)
{
    size_t capacity = live.capacity ? 2 * live.capacity : ORDER_FIRST;
    if (capacity > TRACE_MAPPINGS_MAX)
        return false;
    uint32_t *order = pages_map(capacity * sizeof *order);
    if (!order)
        return false;
    if (live.count)
        memcpy(order, live.order, live.count * sizeof *order);
    live.order = order;
    live.capacity = capacity;
    return true;
}

/* The place of the first that begins below `end`. */
static size_t place_below(uint64_t end)
{
    size_t low = 0, high = live.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (at(middle)->begin < end)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Release: whoever sees the begin sees the rest. */
static void insert(size_t place, const struct trace_mapping *mapping)
{
    uint32_t number = live.count < live.capacity || grow() ? take_record() : 0;
    if (!number) {
        trace_log_lose(&trace_log_header->losses.mappings, 1);
        return;
    }
    struct trace_mapping *record = record_of(number);
    record->end = mapping->end;
    record->own_bytes = 0;
    record->stack = mapping->stack;
    record->kind = mapping->kind;
    __atomic_store_n(&record->begin, mapping->begin, __ATOMIC_RELEASE);
    memmove(live.order + place + 1, live.order + place, (live.count - place) * sizeof *live.order);
    live.order[place] = number;
    live.count++;
}

/* --- for users ----------------------------------------------------------- */

/* That there is an extent says that mappings are recorded, though there may be none. */
bool mappings_begin(void)
{
    return chunk_table_reserve(&trace_log_mappings, 1, true) && grow();
}

/* The lower part of one that goes on above, if there is one. */
static void split(size_t place, uint64_t begin, uint64_t end)
{
    struct trace_mapping lower = *at(place);
    lower.end = begin;
    at(place)->begin = end;
    if (lower.begin < begin)
        insert(place + 1, &lower);
}

void mappings_cut(uint64_t begin, uint64_t end)
{
    size_t place = place_below(end);
    if (place < live.count && at(place)->end > end)
        split(place++, begin, end);
    size_t kept = place;
    while (place < live.count && at(place)->begin >= begin)
        give_record(live.order[place++]);
    memmove(live.order + kept, live.order + place, (live.count - place) * sizeof *live.order);
    live.count -= place - kept;
    if (kept < live.count && at(kept)->end > begin)
        at(kept)->end = begin;
}

void mappings_put(uint64_t begin, uint64_t end, uint32_t stack, uint32_t kind)
{
    mappings_cut(begin, end);
    insert(place_below(begin), &(struct trace_mapping){begin, end, 0, stack, kind});
}

uint32_t mappings_kind_at(uint64_t address, uint32_t otherwise)
{
    size_t place = place_below(address + 1);
    return place < live.count && at(place)->end > address ? at(place)->kind : otherwise;
}

void mappings_for_each(void (*visit)(void *context, struct trace_mapping *mapping), void *context)
{
    for (size_t place = 0; place < live.count; place++)
        visit(context, at(place));
}
