#include "guard/handed.h"

#include "events/event.h"
#include "events/misuse.h"
#include "guard/touch.h"
#include "os/memory_read.h"
#include "os/own_stack.h"
#include "os/sys.h"
#include "os/tracing.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define PARTS_MAX 1024u /* as the kernel has it (UIO_MAXIOV) */
#define PAGES_MAX 1024u /* behind a block, that are opened for one call */

/* --- one range ------------------------------------------------------------------ */

static unsigned state_of(const struct guard_slot *slot)
{
    return atomic_load_explicit(&slot->state, memory_order_acquire);
}

/* The first byte that is no live block's; `end`: all are. */
static uint64_t find_bad(const struct guard_slot *slot, uint64_t begin, uint64_t end)
{
    uint64_t behind = slot->address + slot->size;
    if (state_of(slot) != GUARD_SLOT_LIVE || begin < slot->address)
        return begin;
    if (end <= behind)
        return end;
    return begin > behind ? begin : behind;
}

static void make_accessible(uint64_t begin, uint64_t end)
{
    uint64_t page = begin & ~(uint64_t)(SYS_PAGE - 1);
    for (unsigned i = 0; page < end && i < PAGES_MAX; i++, page += SYS_PAGE) {
        struct guard_slot *slot = guard_area_slot(page);
        unsigned state = slot ? state_of(slot) : GUARD_SLOT_NONE;
        bool inside = slot && state != GUARD_SLOT_NONE && guard_area_is_in_pages(slot, page);
        if (inside && state != GUARD_SLOT_LIVE && state != GUARD_SLOT_OPENED)
            guard_area_reopen(slot);
        else if (slot && !inside)
            guard_area_stain(slot, page);
    }
}

static void record(const struct guard_slot *slot, uint64_t address, enum trace_parameter parameter,
                   const struct call_site *site)
{
    struct thread *thread = thread_current();
    if (!thread || !tracing_is_on())
        return;
    struct trace_error error = {.kind = TRACE_SYSCALL_PARAM,
                                .address = address,
                                .given = parameter,
                                .stack = event_stack_rarely(thread, site)};
    touch_describe(&error, slot);
    misuse_add(&error);
}

static void look_at_bytes(const void *at, uint64_t length, enum trace_parameter parameter,
                          const struct call_site *site)
{
    uint64_t begin = (uint64_t)at, end = begin + length;
    struct guard_slot *slot = length && guard_area_owns(at) ? guard_area_slot(begin) : NULL;
    if (!slot || end < begin)
        return;
    uint64_t bad = find_bad(slot, begin, end);
    if (bad == end)
        return;
    record(slot, bad, parameter, site);
    atomic_fetch_or_explicit(&slot->stained, GUARD_STAIN_TOLD, memory_order_relaxed);
    make_accessible(bad, end);
}

/* --- shapes ---------------------------------------------------------------------- */

/* With its NUL, or up to where the block ends without one. */
static uint64_t string_length(const char *at)
{
    const struct guard_slot *slot = guard_area_slot((uint64_t)at);
    if (!slot || state_of(slot) != GUARD_SLOT_LIVE || (uint64_t)at < slot->address)
        return 1;
    uint64_t room = slot->address + slot->size - (uint64_t)at, length = 0;
    while (length < room && at[length])
        length++;
    return length + 1;
}

/* What the program gives may be no memory at all. */
static bool read_parts(struct memory_reader *reader, const void *from, uint64_t index,
                       struct iovec parts[16], unsigned count)
{
    return memory_read(reader, (uint64_t)from + index * sizeof *parts, parts,
                       count * sizeof *parts) == (size_t)(count * sizeof *parts);
}

typedef bool part_function(void *context, const struct iovec *part);

static bool any_part(const void *vector, uint64_t count, part_function *is_it, void *context)
{
    struct memory_reader reader;
    struct iovec parts[16];
    bool found = false;
    if (count == 0 || memory_read_open(&reader) != 0)
        return false;
    for (uint64_t i = 0; i < count && i < PARTS_MAX && !found; i += 16) {
        unsigned some = count - i < 16 ? (unsigned)(count - i) : 16;
        if (!read_parts(&reader, vector, i, parts, some))
            break;
        for (unsigned k = 0; k < some && !found; k++)
            found = is_it(context, &parts[k]);
    }
    memory_read_close(&reader);
    return found;
}

static bool part_is_guarded(void *context, const struct iovec *part)
{
    (void)context;
    return guard_area_owns(part->iov_base);
}

struct look {
    const struct handed *handed;
    unsigned count;
    const struct call_site *site;
    enum trace_parameter parameter;
};

static bool look_at_part(void *context, const struct iovec *part)
{
    const struct look *look = context;
    look_at_bytes(part->iov_base, part->iov_len, look->parameter + 1, look->site);
    return false;
}

static bool read_whole(const void *at, void *to, size_t length)
{
    struct memory_reader reader;
    if (memory_read_open(&reader) != 0)
        return false;
    bool is_there = memory_read(&reader, (uint64_t)at, to, length) == length;
    memory_read_close(&reader);
    return is_there;
}

static void look_at_sized(const struct look *look, const void *at, const void *length_at)
{
    socklen_t length;
    if (at && read_whole(length_at, &length, sizeof length))
        look_at_bytes(at, length, look->parameter, look->site);
}

static void look_at_vector(const struct look *look, const void *vector, uint64_t count)
{
    if (count <= PARTS_MAX)
        look_at_bytes(vector, count * sizeof(struct iovec), look->parameter, look->site);
    any_part(vector, count, look_at_part, (void *)look);
}

static void look_at_message(const struct look *look, const void *at)
{
    struct msghdr message;
    look_at_bytes(at, sizeof message, look->parameter, look->site);
    if (!read_whole(at, &message, sizeof message))
        return;
    look_at_bytes(message.msg_name, message.msg_namelen, look->parameter, look->site);
    look_at_bytes(message.msg_control, message.msg_controllen, look->parameter, look->site);
    look_at_vector(look, message.msg_iov, message.msg_iovlen);
}

static void look_at_one(const struct look *look, const struct handed *one)
{
    switch (one->shape) {
    case HANDED_BYTES:
        look_at_bytes(one->at, one->length, one->parameter, look->site);
        break;
    case HANDED_STRING:
        if (guard_area_owns(one->at))
            look_at_bytes(one->at, string_length(one->at), one->parameter, look->site);
        break;
    case HANDED_VECTOR:
        look_at_vector(look, one->at, one->length);
        break;
    case HANDED_SIZED:
        look_at_sized(look, one->at, (const void *)one->length);
        break;
    case HANDED_MESSAGE:
        look_at_message(look, one->at);
        break;
    }
}

/* --- a call ------------------------------------------------------------------------ */

static bool message_is_guarded(const void *at)
{
    struct msghdr message;
    if (!read_whole(at, &message, sizeof message))
        return false;
    return guard_area_owns(message.msg_name) || guard_area_owns(message.msg_control) ||
           guard_area_owns(message.msg_iov) ||
           any_part(message.msg_iov, message.msg_iovlen, part_is_guarded, NULL);
}

bool handed_is_guarded(const struct handed *handed, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (guard_area_owns(handed[i].at))
            return true;
        if (handed[i].shape == HANDED_VECTOR && handed[i].length <= PARTS_MAX &&
            any_part(handed[i].at, handed[i].length, part_is_guarded, NULL))
            return true;
        if (handed[i].shape == HANDED_MESSAGE && message_is_guarded(handed[i].at))
            return true;
    }
    return false;
}

static void look(void *context)
{
    struct look *look = context;
    for (unsigned i = 0; i < look->count; i++) {
        look->parameter = look->handed[i].parameter;
        look_at_one(look, &look->handed[i]);
    }
}

void handed_look_at(const struct handed *handed, unsigned count, const struct call_site *site)
{
    struct look all = {.handed = handed, .count = count, .site = site};
    int saved_errno = errno;
    own_stack_run(OWN_STACK_LEARNING, look, &all);
    errno = saved_errno;
}
