#include "read/load_generated.h"
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/memory.h"

enum { LOAD_GENERATED_MAX = 64 << 20 }; /* as much as the tracer copies */

static void load_map(const struct log_reader *reader, struct model *model)
{
    uint32_t count;
    const struct log_extent *extent = log_reader_extents(reader, TRACE_GENERATED, &count);

    if (count == 0)
        return;
    model->generated =
        memory_copy_bytes((const char *)extent->bytes,
                          extent->count < LOAD_GENERATED_MAX ? extent->count : LOAD_GENERATED_MAX);
    if (extent->count < reader->header.generated_bytes)
        model_add_note(model, NOTE_GENERATED_CUT, reader->header.generated_bytes - extent->count,
                       NULL, NULL);
}

/* Of a process that did not end in a way that is recorded: the file itself, if it is the same
 * user's and not an earlier process's. */
static void load_map_file(const struct log_reader *reader, struct model *model)
{
    struct stat log, status;
    char *path = memory_text("%s/tmp/perf-%" PRIu32 ".map", model->root ? model->root : "",
                             reader->header.pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    free(path);
    if (fd < 0)
        return;
    if (stat(model->log_path, &log) == 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
        (status.st_uid == 0 || status.st_uid == log.st_uid) &&
        status.st_size < LOAD_GENERATED_MAX &&
        (uint64_t)status.st_mtim.tv_sec >= reader->header.start_realtime_ns / 1000000000u) {
        char *text = memory_zeroed((size_t)status.st_size + 1, 1);
        ssize_t length = read(fd, text, (size_t)status.st_size);

        model->generated = memory_copy_bytes(text, length > 0 ? (size_t)length : 0);
        free(text);
    }
    close(fd);
}

static void load_jitdump(const struct log_reader *reader, struct model *model)
{
    uint32_t count;
    const struct log_extent *extent = log_reader_extents(reader, TRACE_JITDUMP, &count);

    if (count == 0)
        return;
    model->jitdump_bytes = extent->count < LOAD_GENERATED_MAX ? extent->count : LOAD_GENERATED_MAX;
    model->jitdump = memory_zeroed(model->jitdump_bytes, 1);
    memcpy(model->jitdump, extent->bytes, model->jitdump_bytes);
}

void load_generated(const struct log_reader *reader, struct model *model)
{
    load_map(reader, model);
    load_jitdump(reader, model);
    if (!model->generated && !model->is_copy &&
        (model->process == PROCESS_RUNNING || model->process == PROCESS_GONE))
        load_map_file(reader, model);
}
