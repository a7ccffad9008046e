#include "live/live_log.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/memory.h"
#include "read/process.h"

static bool live_is_number(const char *word)
{
    size_t length = strspn(word, "0123456789");

    return length > 0 && length < 10 && !word[length];
}

static bool live_is_log(const struct trace_header *header)
{
    return memcmp(header->magic, TRACE_MAGIC, TRACE_MAGIC_SIZE) == 0 &&
           header->version == TRACE_VERSION && !(header->flags & TRACE_FLAG_SNAPSHOT);
}

/* --- a log that begins anew ------------------------------------------------ */

/* A program that the process becomes empties its log and writes its own: the header is gone while
 * it is looked at. */
static void live_log_is_gone(int signal_number)
{
    static const char message[] =
        "leakreport: the log was emptied while it was looked at (has its process become another "
        "program, which writes it anew?); ask again\n";

    (void)signal_number;
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
        _exit(2);
    _exit(2);
}

/* --- the header ------------------------------------------------------------ */

/* The header of the file, mapped; NULL: errno says why, 0: it is no log of this version. */
static const struct trace_header *live_map(const char *path)
{
    struct trace_header header;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    void *mapped = MAP_FAILED;

    if (fd < 0)
        return NULL;
    errno = 0;
    if (pread(fd, &header, sizeof header, 0) == (ssize_t)sizeof header && live_is_log(&header))
        mapped = mmap(NULL, sizeof header, PROT_READ, MAP_SHARED, fd, 0);
    int error = errno;
    close(fd);
    errno = error;
    return mapped == MAP_FAILED ? NULL : mapped;
}

/* As we see it; 0: it is not to be seen. */
static int live_find_process(const struct trace_header *header)
{
    return (int)process_find(
        &(struct process_name){header->pid, header->start_ticks, header->pid_namespace});
}

/* --- by number ----------------------------------------------------------- */

/* The path of a line of maps, if it is a shared mapping of the first part of a file that can be
 * written to; NULL: it is not. */
static const char *live_shared_file(char *line)
{
    char rights[8];
    unsigned long offset;
    int at = 0;

    if (sscanf(line, "%*x-%*x %7s %lx %*s %*u %n", rights, &offset, &at) != 2 || !at)
        return NULL;
    line[strcspn(line, "\n")] = 0;
    return strcmp(rights, "rw-s") == 0 && offset == 0 && line[at] == '/' ? line + at : NULL;
}

/* Its process may have another root. */
static bool live_try(struct live_log *log, const char *path)
{
    char *inside = memory_text("/proc/%d/root%s", log->pid, path);
    const char *names[] = {path, inside};

    for (int i = 0; i < 2 && !log->header; i++) {
        const struct trace_header *header = live_map(names[i]);

        if (header && live_find_process(header) == log->pid) {
            log->header = header;
            log->path = memory_text("%s", names[i]);
        } else if (header) {
            munmap((void *)header, sizeof *header);
        }
    }
    free(inside);
    return log->header;
}

static int live_find(struct live_log *log, struct failure *failure)
{
    char *maps = memory_text("/proc/%d/maps", log->pid);
    FILE *file = fopen(maps, "re");
    char *line = NULL;
    size_t size = 0;
    int error = errno, lines = 0;

    free(maps);
    while (file && !log->header && getline(&line, &size, file) > 0) {
        const char *path = live_shared_file(line);

        lines++;
        if (path)
            live_try(log, path);
    }
    if (file && !lines)
        error = EACCES;
    if (file)
        fclose(file);
    free(line);
    if (log->header)
        return 0;
    if ((!file && error == ENOENT) || process_has_ended((uint32_t)log->pid))
        return failure_set(failure, "there is no process %d%s", log->pid,
                           file ? " any longer: it has ended" : "");
    if (!file || !lines)
        return failure_set(failure, "process %d cannot be looked at: %s; ask as its user, or root",
                           log->pid, strerror(error));
    return failure_set(failure,
                       "process %d is not traced, or by another version of leakreport: start it "
                       "with leakreport --run PROGRAM",
                       log->pid);
}

/* --- by name ------------------------------------------------------------- */

static int live_open_file(struct live_log *log, const char *name, struct failure *failure)
{
    log->header = live_map(name);
    if (!log->header && errno)
        return failure_set(failure, "%s cannot be read: %s", name, strerror(errno));
    if (!log->header)
        return failure_set(failure, "%s is not the log of a running process", name);
    log->path = memory_text("%s", name);
    log->pid = live_find_process(log->header);
    if (log->header->ending != TRACE_RUNNING || log->pid)
        return 0;
    failure_set(failure,
                process_is_visible(log->header->pid_namespace)
                    ? "%s: its process has ended; leakreport %s says what there was"
                    : "%s: its process is another container's: name it by the number that it has "
                      "here (leakreport %s says what is in the log)",
                name, name);
    live_log_close(log);
    return -1;
}

int live_log_open(struct live_log *log, const char *word, struct failure *failure)
{
    *log = (struct live_log){0};
    signal(SIGBUS, live_log_is_gone);
    if (live_is_number(word))
        log->pid = atoi(word);
    if (log->pid ? live_find(log, failure) != 0 : live_open_file(log, word, failure) != 0)
        return -1;
    if (log->header->ending == TRACE_RUNNING)
        return 0;
    failure_set(failure, "%s: its process has ended; leakreport %s says what it found", log->path,
                log->path);
    live_log_close(log);
    return -1;
}

void live_log_close(struct live_log *log)
{
    if (log->header)
        munmap((void *)log->header, sizeof *log->header);
    free(log->path);
    *log = (struct live_log){0};
}

bool live_log_runs(const struct live_log *log)
{
    return live_find_process(log->header) == log->pid;
}
