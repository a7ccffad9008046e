#include "log/trace_log_file.h"

#include "os/message.h"
#include "os/sys.h"
#include "trace_format.h"

#include <errno.h>
#include <string.h>
#include <sys/file.h>

/* Whether the process that wrote a log's header is alive: its number and its start must agree. */
static bool writer_lives(const struct trace_header *header)
{
    /* This process was another program before it became this one: that log is its own, too. But
     * what a forked child did on its way to exec is its parent's program still, and makes way. */
    bool is_earlier_self = header->ending == TRACE_EXECED &&
                           header->pid == (uint32_t)sys_getpid() &&
                           !(header->flags & TRACE_FLAG_CHILD);
    if (header->ending != TRACE_RUNNING && !is_earlier_self)
        return false;
    uint64_t ticks = sys_start_ticks((int)header->pid);
    return ticks != 0 && ticks == header->start_ticks;
}

static uint64_t kept_since = UINT64_MAX;

void trace_log_file_keep_since(uint64_t since)
{
    kept_since = since;
}

/* A log of the same run: of this process, when it had another program, or of one that had its
 * number. What a forked child did on its way to exec makes way, here too. */
static bool is_kept(const struct trace_header *header)
{
    bool is_self_before_exec = header->ending == TRACE_EXECED && header->flags & TRACE_FLAG_CHILD &&
                               header->pid == (uint32_t)sys_getpid() &&
                               header->start_ticks == sys_start_ticks((int)header->pid);
    return header->start_realtime_ns >= kept_since && !is_self_before_exec;
}

/* A log, or one whose writer was gone before it stored the magic, which comes last. */
static bool is_log(const struct trace_header *header)
{
    static const char none[TRACE_MAGIC_SIZE];
    return memcmp(header->magic, TRACE_MAGIC, TRACE_MAGIC_SIZE) == 0 ||
           (memcmp(header->magic, none, TRACE_MAGIC_SIZE) == 0 &&
            header->byte_order == TRACE_BYTE_ORDER && header->extents_max == TRACE_EXTENTS_MAX);
}

/* The kernel lets go of a mapped file's lock a moment after its process is gone and waited for. */
static bool is_locked(int fd)
{
    const struct timespec moment = {0, 1000000};
    struct trace_header header;
    for (int round = 0; sys_flock(fd, LOCK_EX | LOCK_NB) != 0; round++) {
        if (round == 50 || sys_pread(fd, &header, sizeof header, 0) != (long)sizeof header ||
            writer_lives(&header))
            return true;
        sys_nanosleep(&moment);
    }
    return false;
}

enum existing {
    EXISTING_NONE,
    EXISTING_REPLACEABLE,
    EXISTING_LIVE,
    EXISTING_OWN, /* of the program that this process was before, or of another one of this run */
    EXISTING_FOREIGN,
    EXISTING_UNREADABLE
};

/* Also when its lock is held by a child that the earlier program left. */
static bool is_own(int fd)
{
    struct trace_header header;
    return sys_pread(fd, &header, sizeof header, 0) == (long)sizeof header && is_log(&header) &&
           header.pid == (uint32_t)sys_getpid();
}

/* What stands at the path. A log may be replaced when nobody holds its lock and its writer is
 * gone; an empty file may be, too. */
static enum existing look_at_existing(const char *path, long *error)
{
    struct stat status;
    struct trace_header header;
    if (sys_lstat(path, &status) != 0)
        return EXISTING_NONE;
    if (!S_ISREG(status.st_mode))
        return EXISTING_FOREIGN;
    long fd = sys_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    *error = fd;
    if (sys_is_error(fd))
        return EXISTING_UNREADABLE;
    enum existing result = EXISTING_REPLACEABLE;
    if (is_locked((int)fd))
        result = EXISTING_LIVE;
    else if (sys_pread((int)fd, &header, sizeof header, 0) != (long)sizeof header)
        result = status.st_size == 0 ? EXISTING_REPLACEABLE : EXISTING_FOREIGN;
    else if (!is_log(&header))
        result = EXISTING_FOREIGN;
    else if (writer_lives(&header))
        result = EXISTING_LIVE;
    if (result == EXISTING_LIVE && is_own((int)fd))
        result = EXISTING_OWN;
    if (result == EXISTING_REPLACEABLE && status.st_size && is_kept(&header))
        result = EXISTING_OWN;
    sys_close((int)fd);
    return result;
}

/* trace.log → trace.PID.log, and trace.PID.2.log and so on where that is taken, too. */
static const char *divide(const char *wanted, char stem[TRACE_LOG_PATH_SIZE])
{
    const char *slash = strrchr(wanted, '/');
    const char *suffix = strrchr(wanted, '.');
    size_t length = strlen(wanted);
    if (suffix && suffix > slash)
        length = (size_t)(suffix - wanted);
    else
        suffix = "";
    memcpy(stem, wanted, length);
    stem[length] = '\0';
    return suffix;
}

static void use_pid_name(char path[TRACE_LOG_PATH_SIZE], const char *wanted, int attempt)
{
    char stem[TRACE_LOG_PATH_SIZE];
    char number[32] = "";
    const char *suffix = divide(wanted, stem);
    if (attempt > 0)
        message_format(number, sizeof number, ".%d", (int64_t)attempt + 1);
    message_format(path, TRACE_LOG_PATH_SIZE, "%s.%d%s%s", stem, (int64_t)sys_getpid(), number,
                   suffix);
}

#define LOG_MODE    0600
#define NAMES_TRIED 4096 /* of a run whose programs all have the number 1, say */

/* The umask may have taken the owner's rights. */
static void set_mode(int fd)
{
    struct stat status;
    if (sys_fstat(fd, &status) == 0 && (status.st_mode & 0777) != LOG_MODE)
        sys_call(SYS_fchmod, fd, LOG_MODE, 0, 0, 0, 0);
}

static long create(const char *path, enum existing existing)
{
    if (existing == EXISTING_REPLACEABLE)
        sys_unlink(path);
    long fd = sys_open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY, LOG_MODE);
    if (!sys_is_error(fd))
        set_mode((int)fd);
    if (!sys_is_error(fd) && sys_flock((int)fd, LOCK_EX | LOCK_NB) != 0) {
        /* Another process looked at the new file in this instant and may take it for free. */
        sys_close((int)fd);
        return -EEXIST;
    }
    return fd;
}

long trace_log_file_create(const char *path)
{
    return create(path, EXISTING_NONE);
}

/* error: why it could not be read; 0: it could be, and is not a log. */
static long leave_alone(const char *path, long error)
{
    message_line("libtrace: %s exists and %s%s: it is not overwritten; choose another name with "
                 "--trace-file=NAME in LIBTRACE_OPTIONS",
                 path, error ? "cannot be read: " : "is not a trace log",
                 error ? sys_error_text(error) : "");
    return -EEXIST;
}

long trace_log_file_open(char path[TRACE_LOG_PATH_SIZE])
{
    static char wanted[TRACE_LOG_PATH_SIZE];
    bool others = false;
    memcpy(wanted, path, sizeof wanted);
    for (int attempt = 0; attempt < NAMES_TRIED; attempt++) {
        long error;
        enum existing existing = look_at_existing(path, &error);
        if (existing == EXISTING_FOREIGN || existing == EXISTING_UNREADABLE)
            return leave_alone(path, existing == EXISTING_UNREADABLE ? error : 0);
        if (existing == EXISTING_LIVE || existing == EXISTING_OWN) {
            others |= existing == EXISTING_LIVE;
            use_pid_name(path, wanted, attempt);
            continue;
        }
        long fd = create(path, existing);
        if (fd == -EEXIST)
            continue;
        if (!sys_is_error(fd) && others)
            message_line("libtrace: another traced process is writing %s; this one writes %s",
                         wanted, path);
        return fd;
    }
    message_line(
        "libtrace: %s and the %d names after it are taken; there will be a summary, but no log",
        wanted, (int64_t)NAMES_TRIED - 1);
    return -EEXIST;
}

void trace_log_file_number(char path[TRACE_LOG_PATH_SIZE])
{
    char wanted[TRACE_LOG_PATH_SIZE];
    memcpy(wanted, path, sizeof wanted);
    use_pid_name(path, wanted, 0);
}

/* The process' number is in the name once. */
void trace_log_file_number_snapshot(char path[TRACE_LOG_PATH_SIZE], const char *log,
                                    uint32_t process, uint32_t number)
{
    char stem[TRACE_LOG_PATH_SIZE], own[16];
    const char *suffix = divide(log, stem);
    size_t length = strlen(stem), digits;
    message_format(own, sizeof own, ".%d", (int64_t)process);
    digits = strlen(own);
    if (length > digits && memcmp(stem + length - digits, own, digits) == 0)
        own[0] = '\0';
    message_format(path, TRACE_LOG_PATH_SIZE, "%s%s.%d%s", stem, own, (int64_t)number, suffix);
}
