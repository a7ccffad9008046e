#include "live_report.h"
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "read/log_file.h"
#include "trace_format.h"
#include "views/renderer.h"

bool live_report_is_wanted(const struct options *options)
{
    return renderer_of(options->format)->render_errors && options->show_leaks &&
           !options->exit_on_first_error && !options->diff.count &&
           options->gen_suppressions != CLI_GENERATED_ASKED;
}

static bool live_is_log(const struct trace_header *header)
{
    return memcmp(header->magic, TRACE_MAGIC, TRACE_MAGIC_SIZE) == 0 &&
           header->version == TRACE_VERSION;
}

/* --- the counts of a log that is being written ----------------------------- */

/* The log may be emptied at any moment, by its process when that becomes another program: each look
 * at the mapping is guarded by itself, because what reads the log meanwhile has a guard of its own.
 */
struct live_counts {
    struct log_file file; /* the header, mapped to be written to */
    uint32_t seen, shown;
};

static struct trace_header *live_header(const struct live_counts *counts)
{
    return (struct trace_header *)counts->file.bytes;
}

static void live_load(void *context)
{
    struct live_counts *counts = context;

    counts->seen = __atomic_load_n(&live_header(counts)->errors_seen, __ATOMIC_ACQUIRE);
    counts->shown = live_header(counts)->errors_shown;
}

/* Release: the tracer that finds its error shown goes on. A log that is gone is met by the plain
 * read before: who jumps out of ThreadSanitizer's store leaves its lock taken. */
static void live_store(void *context)
{
    const struct live_counts *counts = context;
    uint32_t *shown = &live_header(counts)->errors_shown;

    if (*shown >= counts->seen)
        return;
    __atomic_store_n(shown, counts->seen, __ATOMIC_RELEASE);
    syscall(SYS_futex, shown, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void live_show(struct live_report *live, struct live_counts *counts)
{
    struct failure failure;

    if (log_file_guard(&counts->file, live_load, counts, &failure) != 0 ||
        counts->seen <= counts->shown)
        return;
    if (live->prepare)
        live->prepare(live->run->options);
    live->prepare = NULL;
    if (log_report_errors(live->run, counts->file.path, counts->shown, &failure) == LOG_REPORTED)
        log_file_guard(&counts->file, live_store, counts, &failure);
}

void live_report_look(void *context, const char *path)
{
    struct live_counts counts = {.file = {.path = path, .size = sizeof(struct trace_header)}};
    struct trace_header header;
    void *mapped;
    int fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return;
    if (pread(fd, &header, sizeof header, 0) == (ssize_t)sizeof header && live_is_log(&header) &&
        header.errors_seen > header.errors_shown) {
        mapped = mmap(NULL, sizeof header, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (mapped != MAP_FAILED) {
            counts.file.bytes = mapped;
            live_show(context, &counts);
            munmap(mapped, sizeof header);
        }
    }
    close(fd);
}
