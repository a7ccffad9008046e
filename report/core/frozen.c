#include "core/frozen.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/memory.h"
#include "core/injected.h"
#include "os/memory_map.h"
#include "trace_format.h"

struct frozen {
    int pid, copy;       /* copy: 0: none was made */
    int memory, pagemap; /* of the copy, or -1 */
    uint64_t instruction;
    struct held_threads held;
    char *maps;
};

/* --- what the kernel says of a process --------------------------------------- */

/* The whole file, NUL ended; NULL: it cannot be read. */
static char *frozen_file(int pid, const char *name, size_t *length)
{
    char *path = memory_text("/proc/%d/%s", pid, name), *text = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t capacity = 0;
    ssize_t got = 1;

    *length = 0;
    while (fd >= 0 && got > 0) {
        if (capacity - *length < 4096)
            text = memory_resized(text, capacity = 2 * capacity + 65536, 1);
        got = read(fd, text + *length, capacity - *length - 1);
        *length += got > 0 ? (size_t)got : 0;
    }
    if (text)
        text[*length] = 0;
    if (fd >= 0)
        close(fd);
    free(path);
    return text;
}

static long frozen_status(const char *status, const char *name)
{
    const char *line = strstr(status, name);

    return line ? strtol(line + strlen(name), NULL, 10) : 0;
}

static bool frozen_is_64_bit(int pid)
{
    char *path = memory_text("/proc/%d/exe", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char ident[EI_NIDENT] = {0};
    bool is = fd < 0 || pread(fd, ident, sizeof ident, 0) != sizeof ident ||
              ident[EI_CLASS] == ELFCLASS64;

    if (fd >= 0)
        close(fd);
    free(path);
    return is;
}

static int frozen_check(int pid, const char *status, struct failure *failure)
{
    if (!status)
        return failure_set(failure, "there is no process %d", pid);
    if (frozen_status(status, "\nTgid:") != pid)
        return failure_set(failure, "%d is a thread of process %ld: name that", pid,
                           frozen_status(status, "\nTgid:"));
    if (frozen_status(status, "\nTracerPid:"))
        return failure_set(
            failure, "process %d cannot be checked: process %ld traces it (a debugger, strace)",
            pid, frozen_status(status, "\nTracerPid:"));
    if (frozen_status(status, "\nSeccomp:"))
        return failure_set(
            failure,
            "process %d cannot be checked: it is in a seccomp sandbox, which might kill "
            "it for the clone call that a check needs; run it with leakreport --run",
            pid);
    if (strstr(status, "\nState:\tT") || strstr(status, "\nState:\tt"))
        return failure_set(failure, "process %d cannot be checked: it is stopped", pid);
    if (!frozen_is_64_bit(pid))
        return failure_set(failure, "process %d cannot be checked: it is no x86-64 program", pid);
    return 0;
}

/* --- mappings ---------------------------------------------------------------- */

/* "begin-end perms offset dev inode   path" */
static void frozen_add_file(struct image *image, const struct mapping *mapping, const char *line)
{
    uint64_t begin, end, offset = 0;

    if (!(mapping->flags & MAPPING_FILE) ||
        sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64, &begin, &end, &offset) != 3)
        return;
    image->files[image->file_count++] =
        (struct image_file){mapping->begin, mapping->end, offset,
                            memory_copy_bytes(mapping->path, mapping->path_length)};
}

static void frozen_take_maps(struct image *image, char *text, size_t length)
{
    size_t count = memory_map_parse(text, length, NULL, 0), i = 0;
    struct mapping *mappings = memory_zeroed(count + 1, sizeof *mappings);
    const char *line = text;

    memory_map_parse(text, length, mappings, count);
    image->files = memory_zeroed(count + 1, sizeof *image->files);
    for (; i < count && line; i++, line = strchr(line, '\n'), line += line != NULL)
        frozen_add_file(image, &mappings[i], line);
    image_map(image, mappings, count);
}

/* Any that libc has: what stands in front of it does not run. */
static uint64_t frozen_find_instruction(const char *maps, size_t length, int pid)
{
    char *path = memory_text("/proc/%d/mem", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t count = memory_map_parse(maps, length, NULL, 0);
    struct mapping *mappings = memory_zeroed(count + 1, sizeof *mappings);
    uint64_t found = 0;
    unsigned char page[65536];

    memory_map_parse(maps, length, mappings, count);
    for (size_t i = 0; fd >= 0 && i < count && !found; i++) {
        const struct mapping *mapping = &mappings[i];

        if (!(mapping->flags & MAPPING_EXECUTABLE) || mapping->path_length < 4 ||
            !memmem(mapping->path, mapping->path_length, "/libc", 5))
            continue;
        for (uint64_t at = mapping->begin; at < mapping->end && !found; at += sizeof page) {
            ssize_t got = pread(fd, page, sizeof page, (off_t)at);
            const unsigned char *there = got > 0 ? memmem(page, (size_t)got, "\x0f\x05", 2) : NULL;

            found = there ? at + (uint64_t)(there - page) : 0;
        }
    }
    if (fd >= 0)
        close(fd);
    free(mappings);
    free(path);
    return found;
}

/* --- reading the copy -------------------------------------------------------- */

static size_t frozen_read(void *context, uint64_t address, void *buffer, size_t length)
{
    const struct frozen *frozen = context;
    ssize_t got = pread(frozen->memory, buffer, length, (off_t)address);

    return got > 0 ? (size_t)got : 0;
}

static const void *frozen_in_place(void *context, uint64_t address, size_t length)
{
    (void)context, (void)address, (void)length;
    return NULL;
}

/* Private memory that was never touched is not read: a program may reserve terabytes. */
static uint64_t frozen_next_used(void *context, uint64_t begin, uint64_t end, uint64_t *until)
{
    enum { AT_ONCE = 512 };
    const struct frozen *frozen = context;
    uint64_t entries[AT_ONCE], page = begin / TRACE_PAGE_SIZE;
    const uint64_t last = (end + TRACE_PAGE_SIZE - 1) / TRACE_PAGE_SIZE, there = 3ull << 62;

    while (page < last) {
        size_t wanted = last - page < AT_ONCE ? last - page : AT_ONCE;
        ssize_t got = pread(frozen->pagemap, entries, wanted * 8, (off_t)(page * 8));

        if (got <= 0)
            break;
        for (size_t i = 0; i < (size_t)got / 8; i++, page++) {
            if (!(entries[i] & there))
                continue;
            size_t run = i;
            while (run < (size_t)got / 8 && entries[run] & there)
                run++;
            uint64_t from = page * TRACE_PAGE_SIZE;
            *until =
                (page + run - i) * TRACE_PAGE_SIZE < end ? (page + run - i) * TRACE_PAGE_SIZE : end;
            return from > begin ? from : begin;
        }
    }
    *until = end;
    return page < last ? begin : end;
}

/* --- making it ----------------------------------------------------------------- */

static void frozen_take_threads(struct image *image, struct frozen *frozen)
{
    image->threads = memory_zeroed(frozen->held.count, sizeof *image->threads);
    for (size_t i = 0; i < frozen->held.count; i++) {
        const struct held_thread *held = &frozen->held.threads[i];
        struct stopped_thread *thread = &image->threads[image->thread_count++];

        *thread = (struct stopped_thread){.tid = (uint32_t)held->tid, .held = 1};
        image_set_registers(thread, &held->registers);
        thread->vector_begin = (uintptr_t)held->vectors;
        thread->vector_end = thread->vector_begin + held->vector_size;
    }
}

static int frozen_say_no_copy(const struct frozen *frozen, long result, struct failure *failure)
{
    return failure_set(failure, "process %d was not checked: it cannot fork: %s", frozen->pid,
                       strerror(result < 0 ? (int)-result : ECHILD));
}

/* The process stands still. */
static int frozen_copy(struct frozen *frozen, struct failure *failure)
{
    static const uint64_t no_signal[4];
    long result = 0;
    int status;

    if (held_threads_call(&frozen->held, frozen->instruction, SYS_clone, no_signal, &result,
                          &frozen->copy, failure) != 0)
        return -1;
    if (frozen->copy <= 0)
        return frozen_say_no_copy(frozen, result, failure);
    waitpid(frozen->copy, &status, __WALL);
    ptrace(PTRACE_SETOPTIONS, frozen->copy, NULL, (void *)PTRACE_O_EXITKILL);
    return 0;
}

static int frozen_open_copy(struct image *image, struct frozen *frozen, struct failure *failure)
{
    size_t length;
    char *memory = memory_text("/proc/%d/mem", frozen->copy);
    char *pagemap = memory_text("/proc/%d/pagemap", frozen->copy);

    frozen->memory = open(memory, O_RDONLY | O_CLOEXEC);
    frozen->pagemap = open(pagemap, O_RDONLY | O_CLOEXEC);
    frozen->maps = frozen_file(frozen->copy, "maps", &length);
    free(memory);
    free(pagemap);
    if (frozen->memory < 0 || frozen->pagemap < 0 || !frozen->maps)
        return failure_set(failure, "the memory of process %d cannot be read: %s", frozen->pid,
                           strerror(errno));
    frozen_take_maps(image, frozen->maps, length);
    return 0;
}

/* Who ends us while a thread of the process stands in a call of ours would harm it. */
static void frozen_hold_signals(sigset_t *before)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, before);
}

static int frozen_stop_and_copy(struct image *image, struct frozen *frozen, struct failure *failure)
{
    sigset_t before;

    frozen_hold_signals(&before);
    int result = held_threads_stop(&frozen->held, frozen->pid, false, failure);
    if (result == 0) {
        result = frozen_copy(frozen, failure);
        held_threads_let_go(&frozen->held);
        frozen_take_threads(image, frozen);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return result;
}

static void frozen_name(struct image *image, int pid)
{
    size_t length;
    char *text = frozen_file(pid, "cmdline", &length);

    for (size_t i = 0; text && i + 1 < length; i++)
        if (text[i] == 0)
            text[i] = ' ';
    image->command = text;
    image->pid = (uint32_t)pid;
    text = frozen_file(pid, "auxv", &length);
    if (text)
        image_take_auxv(image, text, length);
    free(text);
}

static int frozen_prepare(struct frozen *frozen, struct failure *failure)
{
    size_t length;
    char *status = frozen_file(frozen->pid, "status", &length);
    int result = frozen_check(frozen->pid, status, failure);

    free(status);
    if (result != 0)
        return -1;
    char *maps = frozen_file(frozen->pid, "maps", &length);
    if (!maps || !length)
        result = failure_set(failure,
                             "process %d cannot be checked: its memory map cannot be read (another "
                             "user's?); ask as root",
                             frozen->pid);
    else if (!(frozen->instruction = frozen_find_instruction(maps, length, frozen->pid)))
        result = failure_set(failure,
                             "process %d cannot be checked: it has no libc, because it is linked "
                             "statically, or its memory may not be read by this user",
                             frozen->pid);
    free(maps);
    return result;
}

int frozen_make(struct image *image, int pid, struct failure *failure)
{
    struct frozen *frozen = memory_zeroed(1, sizeof *frozen);
    struct failure ignored;

    *frozen = (struct frozen){.pid = pid, .memory = -1, .pagemap = -1};
    *image = (struct image){.context = frozen,
                            .read = frozen_read,
                            .in_place = frozen_in_place,
                            .next_used = frozen_next_used};
    if (frozen_prepare(frozen, failure) == 0) {
        frozen_name(image, pid);
        if (frozen_stop_and_copy(image, frozen, failure) == 0 &&
            frozen_open_copy(image, frozen, failure) == 0)
            return 0;
    }
    frozen_end(image, &ignored);
    return -1;
}

/* --- the end --------------------------------------------------------------------- */

/* Killed and waited for by us, its tracer, first: its parent would wait for that for ever. */
static int frozen_collect(struct frozen *frozen, struct failure *failure)
{
    const uint64_t arguments[4] = {(uint64_t)frozen->copy, 0, __WALL | WNOHANG, 0};
    struct held_threads held;
    long result = 0;
    int status, born;

    kill(frozen->copy, SIGKILL);
    while (waitpid(frozen->copy, &status, __WALL) == frozen->copy && WIFSTOPPED(status))
        ;
    if (held_threads_stop(&held, frozen->pid, true, failure) != 0) {
        held_threads_free(&held);
        return kill(frozen->pid, 0) != 0 ? 0 : -1;
    }
    int called = held_threads_call(&held, frozen->instruction, SYS_wait4, arguments, &result, &born,
                                   failure);
    held_threads_let_go(&held);
    held_threads_free(&held);
    return called;
}

int frozen_end(struct image *image, struct failure *failure)
{
    struct frozen *frozen = image->context;
    sigset_t before;

    frozen_hold_signals(&before);
    int result = frozen->copy > 0 ? frozen_collect(frozen, failure) : 0;
    sigprocmask(SIG_SETMASK, &before, NULL);
    image_free(image);
    if (frozen->memory >= 0)
        close(frozen->memory);
    if (frozen->pagemap >= 0)
        close(frozen->pagemap);
    held_threads_free(&frozen->held);
    free(frozen->maps);
    free(frozen);
    return result;
}
