#include "log/trace_log_loss.h"

#include "log/trace_log.h"
#include "log/trace_log_piece.h"
#include "os/message.h"
#include "os/own_stack.h"
#include "os/pages.h"
#include "os/sys.h"
#include "os/tracing.h"

#include <stdatomic.h>
#include <string.h>

enum { WHOLE, BEING_LOST, LOST };
static atomic_uint state;

/* --- plain memory in its place --------------------------------------------- */

static bool clear(void *memory, size_t bytes)
{
    return sys_mmap(memory, bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != NULL;
}

/* A block that is not in the table may have been, so a free of it is passed on. Whoever sees an
 * empty table must see that, too: the header comes first, and at once. */
static bool replace_header(void)
{
    struct trace_header *header =
        sys_mmap(pages_hint(TRACE_DATA_OFFSET), TRACE_DATA_OFFSET, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!header)
        return false;
    header->losses.blocks = 1;
    return !sys_is_error(sys_mremap(header, TRACE_DATA_OFFSET, TRACE_DATA_OFFSET,
                                    MREMAP_MAYMOVE | MREMAP_FIXED, trace_log_header));
}

static bool replace_all(void)
{
    const struct trace_log_piece *piece;
    bool replaced = replace_header();
    for (unsigned index = 0; replaced && (piece = trace_log_piece(index)); index++)
        if (piece->memory)
            replaced = clear(piece->memory, piece->bytes);
    return replaced;
}

/* --- what is said ---------------------------------------------------------- */

/* Whether the file is still what is left of the log, and not another's work. */
static bool is_ours(int fd, const struct trace_header *ours)
{
    static const char none[TRACE_MAGIC_SIZE];
    struct trace_header found = {0};
    long length = sys_pread(fd, &found, sizeof found, 0);
    return length == 0 || (length == (long)sizeof found &&
                           (memcmp(found.magic, none, sizeof none) == 0 || found.pid == ours->pid));
}

static void say(void *unused)
{
    struct trace_header header;
    int fd = trace_log_descriptor();
    (void)unused;
    trace_log_fill_header(&header);
    header.flags = TRACE_FLAG_LOST;
    header.pid = (uint32_t)sys_getpid();
    memcpy(header.magic, TRACE_MAGIC, TRACE_MAGIC_SIZE);
    if (fd >= 0 && is_ours(fd, &header))
        sys_pwrite(fd, &header, sizeof header, 0);
    message_line("libtrace: %s was truncated by another program: nothing more is recorded, and "
                 "there will be no summary",
                 trace_log_path());
}

/* --- the loss -------------------------------------------------------------- */

/* Who comes second waits: it is a few system calls. */
static bool lose(void)
{
    unsigned whole = WHOLE;
    if (!atomic_compare_exchange_strong(&state, &whole, BEING_LOST)) {
        while (atomic_load(&state) == BEING_LOST)
            sys_sched_yield();
        return atomic_load(&state) == LOST;
    }
    if (!replace_all()) {
        atomic_store(&state, WHOLE);
        return false;
    }
    tracing_set(false);
    atomic_store(&state, LOST);
    /* A forked child that is not traced has let go of the file. A line is 8 KiB of stack. */
    if (trace_log_path())
        own_stack_run(OWN_STACK_LEARNING, say, NULL);
    trace_log_forget();
    return true;
}

static bool is_within(uintptr_t address, const void *memory, size_t bytes)
{
    return memory && address - (uintptr_t)memory < bytes;
}

static bool is_in_log(uintptr_t address)
{
    const struct trace_log_piece *piece;
    bool found = is_within(address, trace_log_header, TRACE_DATA_OFFSET);
    for (unsigned index = 0; !found && (piece = trace_log_piece(index)); index++)
        found = is_within(address, piece->memory, piece->bytes);
    return found;
}

bool trace_log_loss_mend(uintptr_t address)
{
    return is_in_log(address) && lose();
}

bool trace_log_loss_is_there(void)
{
    if (atomic_load_explicit(&state, memory_order_relaxed) == LOST)
        return true;
    return trace_log_is_short() && lose();
}

void trace_log_loss_forget(void)
{
    atomic_store(&state, WHOLE);
}
