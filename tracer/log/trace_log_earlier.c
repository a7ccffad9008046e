#include "log/trace_log_earlier.h"

#include "log/trace_log.h"
#include "os/sys.h"
#include "trace_format.h"

#include <string.h>

static struct {
    uint32_t programs;
    uint32_t count; /* of those that there is a record of */
    struct trace_earlier records[TRACE_EARLIER_MAX];
} earlier;

static bool read_whole(int fd, void *to, size_t bytes, uint64_t offset)
{
    return sys_pread(fd, to, bytes, offset) == (long)bytes;
}

/* Without /proc (chroot) the process' number has to do. */
static bool is_of_this_process(const struct trace_header *header)
{
    uint64_t ticks = sys_start_ticks((int)sys_getpid());
    return header->pid == (uint32_t)sys_getpid() && (!ticks || header->start_ticks == ticks);
}

/* The log of this very process, which has become another program. */
static bool read_header(int fd, struct trace_header *header)
{
    return read_whole(fd, header, sizeof *header, 0) &&
           memcmp(header->magic, TRACE_MAGIC, TRACE_MAGIC_SIZE) == 0 &&
           header->version == TRACE_VERSION && header->ending == TRACE_EXECED &&
           is_of_this_process(header);
}

static bool find_extent(int fd, enum trace_table kind, struct trace_extent *extent)
{
    struct trace_extent part[16];
    const unsigned count = sizeof part / sizeof *part;
    for (unsigned place = 0; place < TRACE_EXTENTS_MAX; place += count) {
        if (!read_whole(fd, part, sizeof part, TRACE_DIRECTORY_OFFSET + place * sizeof *part))
            return false;
        for (unsigned i = 0; i < count; i++)
            if (part[i].kind == kind) {
                *extent = part[i];
                return true;
            }
    }
    return false;
}

/* Room for one more is left. */
static void note_earlier_ones(int fd, const struct trace_header *header)
{
    struct trace_extent extent;
    uint32_t there = header->earlier < TRACE_EARLIER_MAX ? header->earlier : TRACE_EARLIER_MAX;
    uint32_t kept = there < TRACE_EARLIER_MAX ? there : TRACE_EARLIER_MAX - 1;
    earlier.programs = header->earlier;
    if (there && find_extent(fd, TRACE_EARLIER, &extent) &&
        read_whole(fd, earlier.records, kept * sizeof *earlier.records,
                   extent.offset + (there - kept) * sizeof *earlier.records))
        earlier.count = kept;
}

static void note_latest(int fd, const struct trace_header *header)
{
    struct trace_extent extent;
    struct trace_earlier *record = &earlier.records[earlier.count++];
    *record = (struct trace_earlier){.start_realtime_ns = header->start_realtime_ns,
                                     .totals = header->totals,
                                     .errors = header->errors};
    earlier.programs++;
    if (!find_extent(fd, TRACE_COMMAND, &extent))
        return;
    size_t wanted = extent.length < sizeof record->command ? extent.length : sizeof record->command;
    if (read_whole(fd, record->command, wanted, extent.offset))
        record->length = extent.length;
}

int trace_log_earlier_take(int fd)
{
    struct trace_header header;
    if (fd < 0 || sys_is_error(sys_fcntl(fd, F_SETFD, FD_CLOEXEC)) || !read_header(fd, &header))
        return -1;
    note_earlier_ones(fd, &header);
    note_latest(fd, &header);
    return sys_is_error(sys_call(SYS_ftruncate, fd, 0, 0, 0, 0, 0)) ? -1 : fd;
}

void trace_log_earlier_write(void)
{
    struct trace_earlier *records =
        earlier.count ? trace_log_extend(TRACE_EARLIER, 0, sizeof earlier.records, 0) : NULL;
    trace_log_header->earlier = earlier.programs;
    if (records)
        memcpy(records, earlier.records, sizeof earlier.records);
}

const struct trace_earlier *trace_log_earlier_at(unsigned i)
{
    return i < earlier.count ? &earlier.records[i] : NULL;
}
