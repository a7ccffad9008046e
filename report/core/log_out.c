#include "core/log_out.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int log_out_begin(struct log_out *out, const char *path, struct failure *failure)
{
    memset(out, 0, sizeof *out);
    out->path = path;
    out->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (out->fd < 0)
        return failure_set(failure, "%s cannot be created: %s", path, strerror(errno));
    memcpy(out->header.magic, TRACE_MAGIC, TRACE_MAGIC_SIZE);
    out->header.version = TRACE_VERSION;
    out->header.byte_order = TRACE_BYTE_ORDER;
    out->header.header_size = sizeof out->header;
    out->header.extents_max = TRACE_EXTENTS_MAX;
    out->header.end = TRACE_DATA_OFFSET;
    return 0;
}

static void log_out_write(struct log_out *out, const void *bytes, uint64_t length, uint64_t offset)
{
    while (length && !out->error) {
        ssize_t done = pwrite(out->fd, bytes, length, (off_t)offset);

        if (done <= 0) {
            out->error = done < 0 ? errno : ENOSPC;
            return;
        }
        bytes = (const char *)bytes + done;
        offset += (uint64_t)done;
        length -= (uint64_t)done;
    }
}

static bool log_out_is_checks(uint32_t table)
{
    return table == TRACE_VERDICTS || table == TRACE_HEADS || table == TRACE_POINTERS ||
           table == TRACE_ROOTS || table == TRACE_STALE;
}

/* A record that two extents claim, or bytes, were left out by the reader. Holes stay holes. */
void log_out_copy(struct log_out *out, const struct log_reader *reader)
{
    uint64_t begin = TRACE_DATA_OFFSET, end;

    out->header = reader->header;
    while (log_file_find_data(&reader->file, begin, reader->size, &begin, &end)) {
        log_out_write(out, reader->bytes + begin, end - begin, begin);
        begin = end;
    }
    for (uint32_t i = 0; i < reader->extent_count; i++) {
        const struct log_extent *extent = &reader->extents[i];
        struct trace_extent entry;

        for (uint32_t k = 0; k < TRACE_EXTENTS_MAX && !log_out_is_checks(extent->kind); k++) {
            memcpy(&entry, reader->bytes + TRACE_DIRECTORY_OFFSET + k * sizeof entry, sizeof entry);
            if (entry.kind == extent->kind && entry.offset == extent->offset) {
                out->extents[out->extent_count++] = entry;
                break;
            }
        }
    }
    out->header.end = (reader->size + TRACE_PAGE_SIZE - 1) / TRACE_PAGE_SIZE * TRACE_PAGE_SIZE;
}

void log_out_add(struct log_out *out, enum trace_table table, const void *bytes, uint64_t length)
{
    if (!length || out->extent_count == TRACE_EXTENTS_MAX) {
        out->error = length && !out->error ? ENOSPC : out->error;
        return;
    }
    out->extents[out->extent_count++] =
        (struct trace_extent){.kind = table, .offset = out->header.end, .length = length};
    log_out_write(out, bytes, length, out->header.end);
    out->header.end += (length + TRACE_PAGE_SIZE - 1) / TRACE_PAGE_SIZE * TRACE_PAGE_SIZE;
}

int log_out_end(struct log_out *out, struct failure *failure)
{
    log_out_write(out, &out->header, sizeof out->header, 0);
    log_out_write(out, out->extents, sizeof out->extents, TRACE_DIRECTORY_OFFSET);
    if (!out->error && ftruncate(out->fd, (off_t)out->header.end) != 0)
        out->error = errno;
    close(out->fd);
    return out->error
               ? failure_set(failure, "%s cannot be written: %s", out->path, strerror(out->error))
               : 0;
}
