#include "live_report.h"
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "trace_format.h"
#include "views/renderer.h"

bool live_report_is_wanted(const struct options *options)
{
    return renderer_of(options->format)->render_errors && options->show_leaks &&
           !options->exit_on_first_error && !options->diff.count &&
           options->gen_suppressions != CLI_GENERATED_ASKED;
}

/* Release: the tracer that finds its error shown goes on. */
static void live_say_shown(struct trace_header *header, uint32_t shown)
{
    __atomic_store_n(&header->errors_shown, shown, __ATOMIC_RELEASE);
    syscall(SYS_futex, &header->errors_shown, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static bool live_is_log(const struct trace_header *header)
{
    return memcmp(header->magic, TRACE_MAGIC, TRACE_MAGIC_SIZE) == 0 &&
           header->version == TRACE_VERSION;
}

static void live_show(struct live_report *live, const char *path, struct trace_header *header)
{
    struct failure failure;
    uint32_t seen = __atomic_load_n(&header->errors_seen, __ATOMIC_ACQUIRE);

    if (seen <= header->errors_shown)
        return;
    if (live->prepare)
        live->prepare(live->run->options);
    live->prepare = NULL;
    if (log_report_errors(live->run, path, header->errors_shown, &failure) == LOG_REPORTED)
        live_say_shown(header, seen);
}

void live_report_look(void *context, const char *path)
{
    struct trace_header header, *mapped;
    int fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return;
    if (pread(fd, &header, sizeof header, 0) == (ssize_t)sizeof header && live_is_log(&header) &&
        header.errors_seen > header.errors_shown) {
        mapped = mmap(NULL, sizeof header, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (mapped != MAP_FAILED) {
            live_show(context, path, mapped);
            munmap(mapped, sizeof header);
        }
    }
    close(fd);
}
