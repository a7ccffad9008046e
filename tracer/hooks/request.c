/* What leakreport.h asks for. */
#define LEAKREPORT_TRACER
#include "leakreport.h"

#include "check/leak_lost.h"
#include "check/root_regions.h"
#include "events/ignored.h"
#include "events/named.h"
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

INTERPOSE long leakreport_request(int request, const void *pointer, unsigned long number,
                                  void *answer)
{
    struct stopped_thread here;
    stop_world_capture(&here);
    switch (request) {
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
