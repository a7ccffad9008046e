#include "life/lifecycle_exec.h"

#include "life/fork_gate.h"
#include "life/lifecycle.h"
#include "log/trace_log.h"
#include "os/message.h"
#include "os/sys.h"
#include "tables/stack_accounts.h"

#include <string.h>
#include <unistd.h>

/* Asks the kernel for the file, and so for the name: that may be no memory, or have no end, which
 * exec is to find out. 0, -ENOENT: the name can be read, for another error it is not known. */
static long look_for(int fd, const char *path, int access)
{
    long found = sys_call(SYS_faccessat, fd, (long)path, access, 0, 0, 0);
    return found == -ENOTDIR || found == -EACCES || found == -EBADF ? -ENOENT : found;
}

/* Whether exec of it may work. A bare name is looked for in PATH by libc. */
static bool is_there(const char *path)
{
    long found = look_for(AT_FDCWD, path, X_OK);
    return found == 0 || (found == -ENOENT && *path && !strchr(path, '/'));
}

/* A program may try many times: a name that is the latest one's is not stored again. */
static void note_name(const char *path)
{
    static char latest[256];
    size_t length = strlen(path);
    if (length < sizeof latest && strcmp(path, latest) == 0)
        return;
    trace_log_header->became = trace_log_add_string(path, length);
    latest[0] = '\0';
    if (length < sizeof latest)
        memcpy(latest, path, length + 1);
}

const char *lifecycle_exec_name(int fd, const char *path)
{
    long found = fd == AT_FDCWD ? -EFAULT : look_for(fd, path, F_OK);
    bool is_within = (found == 0 || found == -ENOENT) && *path != '/';
    return is_within ? "a file given by descriptor" : path;
}

void lifecycle_exec(const char *path)
{
    struct trace_header *header = trace_log_header;
    if (!fork_gate_is_on() || !lifecycle_is_own_process() || !is_there(path))
        return;
    note_name(path);
    stack_accounts_sum(&header->totals);
    header->end_realtime_ns = sys_nanoseconds(CLOCK_REALTIME);
    __atomic_store_n(&header->ending, TRACE_EXECED, __ATOMIC_RELEASE);
    if (!lifecycle_options()->quiet && !lifecycle_options()->trace_children)
        message_line("libtrace: this process becomes %s, which is not traced (--trace-children=yes "
                     "in LIBTRACE_OPTIONS traces it)",
                     path);
}

void lifecycle_exec_failed(void)
{
    struct trace_header *header = trace_log_header;
    if (!fork_gate_is_on() || !lifecycle_is_own_process() || header->ending != TRACE_EXECED)
        return;
    header->end_realtime_ns = 0;
    __atomic_store_n(&header->ending, TRACE_RUNNING, __ATOMIC_RELEASE);
    if (!lifecycle_options()->quiet && !lifecycle_options()->trace_children)
        message_line("libtrace: exec failed; the program continues");
}
