#include "log/trace_log_stream.h"

#include "log/trace_log.h"
#include "log/trace_log_piece.h"
#include "os/sys.h"

static uint64_t round_up(uint64_t bytes)
{
    return (bytes + TRACE_PAGE_SIZE - 1) & ~(uint64_t)(TRACE_PAGE_SIZE - 1);
}

bool trace_log_stream_begin(struct trace_log_stream *stream, uint64_t bytes)
{
    *stream = (struct trace_log_stream){0, 0};
    if (trace_log_descriptor() < 0)
        return false;
    stream->begin = __atomic_fetch_add(&trace_log_header->end, round_up(bytes), __ATOMIC_RELAXED);
    stream->end = stream->begin + round_up(bytes);
    return true;
}

bool trace_log_stream_write(const struct trace_log_stream *stream, uint64_t at, const void *from,
                            size_t bytes)
{
    int fd = trace_log_descriptor();
    if (fd < 0 || at > stream->end - stream->begin || bytes > stream->end - stream->begin - at)
        return false;
    for (size_t done = 0; done < bytes;) {
        long written =
            sys_pwrite(fd, (const char *)from + done, bytes - done, stream->begin + at + done);
        if (written <= 0)
            return false;
        done += (size_t)written;
    }
    return true;
}

void trace_log_stream_list(const struct trace_log_stream *stream, enum trace_table kind,
                           uint64_t at, uint64_t bytes)
{
    if (bytes && !trace_log_list(kind, stream->begin + at, bytes))
        trace_log_header->flags |= TRACE_FLAG_INCOMPLETE;
}

/* Unless something lies behind it by now. */
void trace_log_stream_end(struct trace_log_stream *stream, uint64_t used)
{
    uint64_t end = stream->end;
    if (stream->begin != end)
        __atomic_compare_exchange_n(&trace_log_header->end, &end, stream->begin + round_up(used),
                                    false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    stream->end = stream->begin;
}
