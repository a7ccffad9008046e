#include "log/trace_log_snapshot.h"

#include "log/trace_log.h"
#include "log/trace_log_file.h"
#include "log/trace_log_fork.h"
#include "log/trace_log_piece.h"
#include "os/pages.h"
#include "os/sys.h"

#include <errno.h>
#include <string.h>

#define LARGE_PAGE  (2u << 20)
#define NAMES_TRIED 1000

static struct trace_extent *extent_at(unsigned index)
{
    char *directory = (char *)trace_log_header + TRACE_DIRECTORY_OFFSET;
    return (struct trace_extent *)directory + index;
}

/* Large pages, where there are some: a fault for each 4 KiB would be most of the time. */
static void *map(size_t bytes)
{
    void *memory = sys_mmap(pages_hint(bytes), bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory && bytes >= LARGE_PAGE)
        sys_madvise(memory, bytes, MADV_HUGEPAGE);
    return memory;
}

static bool copy_in_place(void *memory, size_t bytes, size_t used)
{
    void *copy = map(bytes);
    if (!copy)
        return false;
    memcpy(copy, memory, used);
    return !sys_is_error(sys_mremap(copy, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, memory));
}

bool trace_log_snapshot_freeze(void)
{
    const struct trace_log_piece *piece;
    bool good = copy_in_place(trace_log_header, TRACE_DATA_OFFSET, TRACE_DATA_OFFSET);
    for (unsigned index = 0; good && (piece = trace_log_piece(index)); index++)
        if (extent_at(index)->kind == TRACE_BLOCKS)
            extent_at(index)->kind = TRACE_FREE;
        else if (piece->memory && extent_at(index)->kind != TRACE_FREE)
            good = copy_in_place(piece->memory, piece->bytes, trace_log_used(extent_at(index)));
    return good;
}

void *trace_log_snapshot_blocks(size_t bytes)
{
    void *memory = map(bytes);
    return memory && trace_log_adopt(TRACE_BLOCKS, memory, bytes) ? memory : NULL;
}

/* The name of a log that is there is another snapshot's, or of a process that this one made. */
static long make_file(uint32_t *number)
{
    static char log[TRACE_LOG_PATH_SIZE], path[TRACE_LOG_PATH_SIZE];
    long fd = -EEXIST;
    size_t length = strlen(trace_log_path());
    if (length + 32 > sizeof log)
        return -ENAMETOOLONG;
    memcpy(log, trace_log_path(), length + 1);
    for (int tried = 0; fd == -EEXIST && tried < NAMES_TRIED; tried++) {
        trace_log_file_number_snapshot(path, log, trace_log_header->pid, *number + (uint32_t)tried);
        fd = trace_log_renew_as(path);
        if (!sys_is_error(fd))
            *number += (uint32_t)tried;
    }
    return fd;
}

long trace_log_snapshot_write(uint32_t *number)
{
    long fd = make_file(number);
    if (sys_is_error(fd))
        return fd;
    long error = trace_log_fork_fill((int)fd);
    if (error)
        trace_log_snapshot_drop();
    return error;
}

void trace_log_snapshot_drop(void)
{
    sys_unlink(trace_log_path());
}
