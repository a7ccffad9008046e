#include "log/generated_code.h"

#include "log/trace_log.h"
#include "os/message.h"
#include "os/sys.h"

/* A server that makes code for weeks: the report says that there is more. */
enum { GENERATED_CODE_MAX = 64 << 20 };

/* /tmp is everybody's: another user's file, or one that an earlier process with this number left,
 * is none of ours. */
static bool is_ours(int fd, struct stat *status)
{
    return sys_fstat(fd, status) == 0 && S_ISREG(status->st_mode) &&
           (status->st_uid == 0 || status->st_uid == (uid_t)sys_geteuid()) &&
           (uint64_t)status->st_mtim.tv_sec >= trace_log_header->start_realtime_ns / 1000000000u &&
           status->st_size > 0;
}

static void copy(int fd, size_t length)
{
    long got;
    char *text = trace_log_extend(TRACE_GENERATED, 0, length, 0);
    for (size_t used = 0; text && used < length; used += (size_t)got)
        if ((got = sys_pread(fd, text + used, length - used, used)) <= 0)
            return;
}

int generated_code_open(const char *path, uint64_t *size)
{
    struct stat status;
    long fd = sys_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
    if (sys_is_error(fd))
        return -1;
    if (!is_ours((int)fd, &status)) {
        sys_close((int)fd);
        return -1;
    }
    *size = (uint64_t)status.st_size;
    return (int)fd;
}

void generated_code_end(void)
{
    char path[64];
    uint64_t size;
    message_format(path, sizeof path, "/tmp/perf-%d.map", (int64_t)trace_log_header->pid);
    int fd = generated_code_open(path, &size);
    if (fd < 0)
        return;
    trace_log_header->generated_bytes = size;
    copy(fd, size < GENERATED_CODE_MAX ? size : GENERATED_CODE_MAX);
    sys_close(fd);
}
