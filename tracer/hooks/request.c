/* What leakreport.h asks for. */
#define LEAKREPORT_TRACER
#include "leakreport.h"

#include "check/leak_lost.h"
#include "check/root_regions.h"
#include "events/ignored.h"
#include "events/named.h"
#include "events/pools.h"
#include "hooks/interpose.h"
#include "life/lifecycle_check.h"

leakreport_function leakreport_request;

static struct leakreport_leaks leaks_of(const struct trace_leaks *leaks)
{
    return (struct leakreport_leaks){
        leaks->bytes[TRACE_DEFINITELY_LOST], leaks->blocks[TRACE_DEFINITELY_LOST],
        leaks->bytes[TRACE_INDIRECTLY_LOST], leaks->blocks[TRACE_INDIRECTLY_LOST],
        leaks->bytes[TRACE_POSSIBLY_LOST],   leaks->blocks[TRACE_POSSIBLY_LOST],
        leaks->bytes[TRACE_REACHABLE],       leaks->blocks[TRACE_REACHABLE]};
}

static long lost_since(unsigned long number, struct trace_leaks *leaks)
{
    leak_lost_since(number, leaks);
    return (long)(leaks->blocks[TRACE_DEFINITELY_LOST] + leaks->blocks[TRACE_INDIRECTLY_LOST]);
}

static long check(const struct stopped_thread *here, int request, unsigned long number,
                  struct leakreport_leaks *answer)
{
    struct trace_check made;
    bool done = lifecycle_check(TRACE_CHECK_CALLED, here, &made);
    long result = request == LEAKREPORT_CHECK ? (long)made.number : done ? 0 : -1;
    if (done && request == LEAKREPORT_SINCE)
        result = lost_since(number, &made.leaks);
    if (answer)
        *answer = leaks_of(&made.leaks);
    return result;
}

/* Whether the thread's own events are recorded, so that it may have any to be ignored. */
static long ignore(int request)
{
    if (!interpose_is_observed())
        return -1;
    if (request == LEAKREPORT_IGNORE_BEGIN)
        ignored_begin();
    else
        ignored_end();
    return 1;
}

/* A region's number, or whether a block has its name now. */
static long name(int request, uintptr_t begin, unsigned long size, const char *text)
{
    uint32_t number = 0;
    struct named what = {begin, request == LEAKREPORT_NAME ? 0 : size, text, &number};
    if (request == LEAKREPORT_NAME_REGION && size == 0)
        return 0;
    return lifecycle_check_keep_off(named_put, &what) ? number : 0;
}

/* --- valgrind's requests ------------------------------------------------- */

enum {
    MEMCHECK_LEAK_CHECK = 0x4d430006,
    MEMCHECK_COUNT_LEAKS = 0x4d430007,
    MEMCHECK_CREATE_BLOCK = 0x4d43000a,
    MEMCHECK_DISCARD = 0x4d430003,
    MEMCHECK_COUNT_LEAK_BLOCKS = 0x4d43000c,
};

/* Of the latest check that was asked for so; exact if one thread asks. */
static struct leakreport_leaks latest;

static void count_leaks(const uint64_t words[6])
{
    bool bytes = words[0] == MEMCHECK_COUNT_LEAKS;
    const struct leakreport_leaks *found = &latest;
    *(uint64_t *)words[1] = bytes ? found->definitely_lost_bytes + found->indirectly_lost_bytes
                                  : found->definitely_lost_blocks + found->indirectly_lost_blocks;
    *(uint64_t *)words[2] = bytes ? found->possibly_lost_bytes : found->possibly_lost_blocks;
    *(uint64_t *)words[3] = bytes ? found->reachable_bytes : found->reachable_blocks;
    *(uint64_t *)words[4] = 0;
}

static long client(const uint64_t words[6], unsigned long otherwise,
                   const struct stopped_thread *here, const struct call_site *site)
{
    if (pools_has(words[0]))
        return interpose_is_observed() ? (long)pools_request(words, site) : 0;
    switch (words[0]) {
    case MEMCHECK_LEAK_CHECK:
        check(here, LEAKREPORT_CHECK, 0, &latest);
        return 0;
    case MEMCHECK_COUNT_LEAKS:
    case MEMCHECK_COUNT_LEAK_BLOCKS:
        count_leaks(words);
        return 0;
    case MEMCHECK_CREATE_BLOCK:
        return name(LEAKREPORT_NAME_REGION, words[1], words[2], (const char *)words[3]);
    case MEMCHECK_DISCARD:
        return !lifecycle_check_keep_off(named_forget, &(uint32_t){(uint32_t)words[2]});
    default:
        return (long)otherwise;
    }
}

INTERPOSE long leakreport_request(int request, const void *pointer, unsigned long number,
                                  void *answer)
{
    struct stopped_thread here;
    struct call_site site = UNWIND_CALL_SITE(NULL);
    stop_world_capture(&here);
    switch (request) {
    case LEAKREPORT_CLIENT:
        return client(answer, number, &here, &site);
    case LEAKREPORT_CHECK:
    case LEAKREPORT_SINCE:
        return check(&here, request, number, answer);
    case LEAKREPORT_IGNORE:
        return lifecycle_check_keep_off(ignored_block, pointer);
    case LEAKREPORT_NAME:
    case LEAKREPORT_NAME_REGION:
        return name(request, (uintptr_t)pointer, number, answer);
    case LEAKREPORT_UNNAME:
        return lifecycle_check_keep_off(named_forget, &(uint32_t){(uint32_t)number});
    case LEAKREPORT_IGNORE_BEGIN:
    case LEAKREPORT_IGNORE_END:
        return ignore(request);
    case LEAKREPORT_ROOT_ADD:
        return root_regions_add((uintptr_t)pointer, number);
    case LEAKREPORT_ROOT_REMOVE:
        return root_regions_remove((uintptr_t)pointer, number);
    default:
        return -1;
    }
}
