#include "log/jitdump.h"

#include "log/generated_code.h"
#include "log/trace_log.h"
#include "log/trace_log_loss.h"
#include "os/message.h"
#include "os/pages.h"
#include "os/sys.h"

#include <stdatomic.h>
#include <string.h>

#define PATH_SIZE 4096u
/* A server that makes code for weeks: what is missing is counted. */
#define KEPT_MAX ((uint64_t)64 << 20)
/* Of one record, without its code: a name, or a function's lines. More is damage. */
#define RECORD_MAX ((uint64_t)4 << 20)

/* --- which file ---------------------------------------------------------- */

/* The latest; a forked child keeps its parent's, whose code it has. */
static _Atomic(char *) known_path;

/* perf knows it by its name, too. */
static bool is_name(const char *path, size_t length)
{
    const char *name = path + length;
    while (name > path && name[-1] != '/')
        name--;
    size_t rest = (size_t)(path + length - name);
    return path[0] == '/' && rest > 9 && memcmp(name, "jit-", 4) == 0 &&
           memcmp(path + length - 5, ".dump", 5) == 0;
}

/* Where a link is read to: stacks may be small. */
static _Atomic(char *) spare;

void jitdump_mapped(int fd)
{
    char link[32];
    char *path = atomic_exchange(&spare, NULL);
    if (!path && !(path = pages_map(PATH_SIZE)))
        return;
    message_format(link, sizeof link, "/proc/self/fd/%d", (int64_t)fd);
    long length = sys_readlink(link, path, PATH_SIZE - 1);
    bool is_dump = length > 0 && is_name(path, (size_t)length);
    path[is_dump ? length : 0] = '\0';
    if (is_dump)
        atomic_store_explicit(&known_path, path, memory_order_release);
    else
        atomic_store(&spare, path);
}

/* --- its records --------------------------------------------------------- */

struct dump {
    int fd;
    uint64_t size; /* of the file */
    uint64_t at;   /* the next record */
};
struct record {
    struct trace_jitdump_record head; /* size: of what is kept */
    uint64_t at;
};

static bool read_at(int fd, void *to, size_t length, uint64_t at)
{
    return sys_pread(fd, to, length, at) == (long)length;
}

static bool begin(struct dump *dump)
{
    struct trace_jitdump_header header;
    if (!read_at(dump->fd, &header, sizeof header, 0) || header.magic != TRACE_JITDUMP_MAGIC ||
        header.size < sizeof header || header.size > dump->size)
        return false;
    dump->at = header.size;
    return true;
}

/* The size of the code, which stands at the end of a load. */
static bool code_size(const struct dump *dump, uint64_t size, uint64_t *code)
{
    struct trace_jitdump_load load;
    *code = 0;
    if (size < sizeof load || !read_at(dump->fd, &load, sizeof load, dump->at))
        return false;
    *code = load.code_size;
    return load.code_size <= size - sizeof load;
}

/* The next record that is kept. false: there is none, or it makes no sense. */
static bool next(struct dump *dump, struct record *record)
{
    struct trace_jitdump_record *head = &record->head;
    while (dump->size - dump->at >= sizeof *head &&
           read_at(dump->fd, head, sizeof *head, dump->at)) {
        uint64_t code = 0;
        uint64_t size = head->size;
        bool is_load = head->kind == TRACE_JITDUMP_LOAD;
        if (size < sizeof *head || size > dump->size - dump->at ||
            (is_load && !code_size(dump, size, &code)) || size - code > RECORD_MAX)
            return false;
        record->at = dump->at;
        dump->at += size;
        head->size = (uint32_t)(size - code);
        if (is_load || head->kind == TRACE_JITDUMP_MOVE || head->kind == TRACE_JITDUMP_LINES)
            return true;
    }
    return false;
}

/* What the kept ones take; how many bytes of the file they come from. */
static uint64_t measure(struct dump *dump, uint64_t *from)
{
    struct record record;
    uint64_t kept = 0;
    *from = dump->at;
    while (next(dump, &record)) {
        if (kept + record.head.size > KEPT_MAX)
            return kept;
        kept += record.head.size;
        *from = dump->at;
    }
    *from = dump->at;
    return kept;
}

static void copy(struct dump *dump, char *to, uint64_t room)
{
    struct record record;
    for (uint64_t used = 0; next(dump, &record) && record.head.size <= room - used;
         used += record.head.size) {
        size_t rest = record.head.size - sizeof record.head;
        if (!read_at(dump->fd, to + used + sizeof record.head, rest,
                     record.at + sizeof record.head))
            return;
        memcpy(to + used, &record.head, sizeof record.head);
    }
}

static void copy_all(struct dump *dump)
{
    uint64_t from;
    if (!begin(dump))
        return;
    uint64_t first = dump->at;
    uint64_t kept = measure(dump, &from);
    char *to = kept ? trace_log_extend(TRACE_JITDUMP, 0, kept, 0) : NULL;
    dump->at = first;
    if (to)
        copy(dump, to, kept);
    trace_log_lose(&trace_log_header->losses.jitdump, dump->size - (to || !kept ? from : first));
}

void jitdump_end(void)
{
    const char *path = atomic_load_explicit(&known_path, memory_order_acquire);
    uint64_t size;
    int fd = path ? generated_code_open(path, &size) : -1;
    if (fd < 0)
        return;
    struct dump dump = {.fd = fd, .size = size};
    copy_all(&dump);
    sys_close(fd);
}
