#include "log/trace_log_fork.h"

#include "log/trace_log.h"
#include "log/trace_log_piece.h"
#include "os/message.h"
#include "os/sys.h"

#include <errno.h>

/* --- copying ------------------------------------------------------------- */

#define PART (64u << 10)

static bool is_zero(const char *from, size_t bytes)
{
    uint64_t any = 0;
    size_t at = 0;
    for (; at + sizeof any <= bytes; at += sizeof any)
        any |= *(const uint64_t *)(from + at);
    for (; at < bytes; at++)
        any |= (unsigned char)from[at];
    return any == 0;
}

static long write_at(int fd, const char *from, size_t bytes, uint64_t offset)
{
    while (bytes > 0) {
        long written = sys_pwrite(fd, from, bytes, offset);
        if (written == -EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? written : -ENOSPC;
        from += written;
        offset += (uint64_t)written;
        bytes -= (size_t)written;
    }
    return 0;
}

/* What is zero needs no copy. */
static long copy(int fd, const char *from, size_t bytes, uint64_t offset)
{
    long error = 0;
    for (size_t at = 0; !error && at < bytes; at += PART) {
        size_t part = bytes - at < PART ? bytes - at : PART;
        if (!is_zero(from + at, part))
            error = write_at(fd, from + at, part, offset + at);
    }
    return error;
}

static struct trace_extent *extent_at(unsigned index)
{
    char *directory = (char *)trace_log_header + TRACE_DIRECTORY_OFFSET;
    return (struct trace_extent *)directory + index;
}

/* Its storage first, so that no store through the mapping can ever meet a full disk. */
static long copy_extent(int fd, const struct trace_log_piece *piece,
                        const struct trace_extent *extent)
{
    long error = trace_log_allocate(fd, extent->offset, piece->bytes);
    return error ? error : copy(fd, piece->memory, trace_log_used(extent), extent->offset);
}

/* An extent that was made after the fork has no memory here, and one of a thread that did not come
 * to the end of it has no memory or no kind: neither is listed. */
static long copy_extents(int fd)
{
    const struct trace_log_piece *piece;
    long error = 0;
    for (unsigned index = 0; !error && (piece = trace_log_piece(index)); index++) {
        const struct trace_extent *extent = extent_at(index);
        if (!piece->memory || extent->kind == TRACE_FREE)
            continue;
        error = copy_extent(fd, piece, extent);
        if (!error)
            error = write_at(fd, (const char *)extent, sizeof *extent,
                             TRACE_DIRECTORY_OFFSET + index * sizeof *extent);
    }
    return error;
}

/* All but the magic: until that is there, the file is an unfinished log. */
static long copy_header(int fd)
{
    return write_at(fd, (const char *)trace_log_header + TRACE_MAGIC_SIZE,
                    sizeof *trace_log_header - TRACE_MAGIC_SIZE, TRACE_MAGIC_SIZE);
}

/* --- mapping ------------------------------------------------------------- */

static long map_over(int fd, void *memory, size_t bytes, uint64_t offset)
{
    return sys_mmap(memory, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, offset)
               ? 0
               : -ENOMEM;
}

/* What is not listed reads as zeros; but not in the parent's file. */
static long map_nothing_over(void *memory, size_t bytes)
{
    return sys_mmap(memory, bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0)
               ? 0
               : -ENOMEM;
}

/* The directory last: it tells where the extents are. */
static long map_all(int fd)
{
    const struct trace_log_piece *piece;
    long error = 0;
    for (unsigned index = 0; !error && (piece = trace_log_piece(index)); index++) {
        const struct trace_extent *extent = extent_at(index);
        if (piece->memory && extent->kind != TRACE_FREE)
            error = map_over(fd, piece->memory, piece->bytes, extent->offset);
        else if (piece->memory)
            error = map_nothing_over(piece->memory, piece->bytes);
    }
    return error ? error : map_over(fd, trace_log_header, TRACE_DATA_OFFSET, 0);
}

long trace_log_fork_fill(int fd)
{
    long error = trace_log_allocate(fd, 0, TRACE_DATA_OFFSET);
    if (!error)
        error = copy_header(fd);
    if (!error)
        error = copy_extents(fd);
    return error ? error : map_all(fd);
}

bool trace_log_fork(const char *path, bool shared)
{
    if (!trace_log_is_whole()) {
        message_line("libtrace: this forked process is not traced: its parent's log is incomplete");
        return false;
    }
    long fd = trace_log_renew(path, shared);
    long error = sys_is_error(fd) ? fd : trace_log_fork_fill((int)fd);
    /* The parent's was lost while it was copied, and nobody knows what the copy has. */
    if (!error && trace_log_header->version != TRACE_VERSION)
        error = -ESTALE;
    if (error)
        trace_log_abandon(error);
    return error == 0;
}
