#include "life/facts.h"

#include "life/env_variable.h"
#include "log/trace_log.h"
#include "os/sys.h"

#include <string.h>

static struct trace_string add_link(const char *link)
{
    char path[4096];
    long length = sys_readlink(link, path, sizeof path);
    return trace_log_add_string(path, length > 0 ? (size_t)length : 0);
}

static uint64_t read_pid_namespace(void)
{
    struct stat status;
    return sys_stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0;
}

/* The arguments may be megabytes: measured first, then read into an extent of their own. */
static void add_command(void)
{
    char part[4096];
    size_t length = 0;
    long got;
    long fd = sys_open("/proc/self/cmdline", O_RDONLY, 0);
    if (sys_is_error(fd))
        return;
    while ((got = sys_read((int)fd, part, sizeof part)) > 0)
        length += (size_t)got;
    char *command = length ? trace_log_extend(TRACE_COMMAND, 0, length, 0) : NULL;
    for (size_t used = 0; command && used < length; used += (size_t)got)
        if ((got = sys_pread((int)fd, command + used, length - used, used)) <= 0)
            break;
    sys_close((int)fd);
}

void facts_note_identity(void)
{
    struct trace_header *header = trace_log_header;
    header->pid = (uint32_t)sys_getpid();
    header->parent_pid = (uint32_t)sys_getppid();
    header->pid_namespace = read_pid_namespace();
    header->start_ticks = sys_start_ticks((int)sys_getpid());
    header->file = trace_log_file_identity();
}

/* What decides whether an allocator of a library's own stands before malloc. */
static void note_environment(struct trace_header *header)
{
    if (env_variable_value("PYTHONMALLOC"))
        header->flags |= TRACE_FLAG_PYTHONMALLOC;
    if (env_variable_value("G_SLICE"))
        header->flags |= TRACE_FLAG_G_SLICE;
}

void facts_note(const char *tracer)
{
    struct trace_header *header = trace_log_header;
    char directory[4096] = "";
    facts_note_identity();
    header->start_realtime_ns = sys_nanoseconds(CLOCK_REALTIME);
    header->executable = add_link("/proc/self/exe");
    if (!sys_is_error(sys_getcwd(directory, sizeof directory)))
        header->directory = trace_log_add_string(directory, strlen(directory));
    header->tracer = trace_log_add_string(tracer, strlen(tracer));
    add_command();
    note_environment(header);
}
