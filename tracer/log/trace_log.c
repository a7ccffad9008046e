#include "log/trace_log.h"

#include "log/trace_log_file.h"
#include "log/trace_log_piece.h"

#include "os/descriptor.h"
#include "os/message.h"
#include "os/own_stack.h"
#include "os/pages.h"
#include "os/sys.h"

#include <errno.h>
#include <string.h>

static void *grow_in_log(struct chunk_table *table, unsigned number, size_t bytes, uint64_t first)
{
    return trace_log_extend((enum trace_table)table->tag, number, bytes, first);
}

/* first_log2 is such that a small program's log stays small, count such that record 0 is "none". */
#define TABLE(kind, record, log2, first_record)                                                    \
    {                                                                                              \
        .grow = grow_in_log, .record_size = sizeof(record), .first_log2 = (log2), .tag = (kind),   \
        .count = (first_record)                                                                    \
    }
struct chunk_table trace_log_strings = TABLE(TRACE_STRINGS, char, 15, 1);
struct chunk_table trace_log_modules = TABLE(TRACE_MODULES, struct trace_module, 7, 1);
struct chunk_table trace_log_threads = TABLE(TRACE_THREADS, struct trace_thread, 5, 1);
struct chunk_table trace_log_nodes =
    TABLE(TRACE_NODES, struct trace_node, TRACE_LOG_NODES_LOG2, TRACE_NODE_FIRST);
struct chunk_table trace_log_errors = TABLE(TRACE_ERRORS, struct trace_error, 6, 1);
struct chunk_table trace_log_blocks = TABLE(TRACE_BLOCKS, uint64_t[8], 10, 0);
struct chunk_table trace_log_regions = TABLE(TRACE_REGIONS, struct trace_region, 3, 1);
struct chunk_table trace_log_rare = TABLE(TRACE_RARE, struct trace_rare, 6, 1);
struct chunk_table trace_log_moves =
    TABLE(TRACE_MOVES, struct trace_move, TRACE_MOVES_LOG2, TRACE_MOVES_MAX);
struct chunk_table trace_log_mappings = TABLE(TRACE_MAPPINGS, struct trace_mapping, 7, 1);
struct chunk_table trace_log_accounts =
    TABLE(TRACE_ACCOUNTS, struct trace_account, TRACE_LOG_ACCOUNTS_LOG2, 1);

struct trace_header *trace_log_header;

static struct {
    char path[TRACE_LOG_PATH_SIZE];
    bool in_file;
    dev_t device;
    ino_t inode;
    uint64_t born_ns;
    struct stat root; /* where its path began, before a chroot */
    uint64_t begun_ns;
    bool full_said;
    atomic_uint_least64_t size;                       /* as far as storage was allocated */
    atomic_uint extents;                              /* directory entries given out */
    struct trace_log_piece pieces[TRACE_EXTENTS_MAX]; /* by index in the directory */
} log_file;

const char *trace_log_path(void)
{
    return log_file.in_file ? log_file.path : NULL;
}

uint64_t trace_log_now(void)
{
    return sys_nanoseconds(CLOCK_MONOTONIC) - log_file.begun_ns;
}

static struct trace_extent *directory(void)
{
    return (struct trace_extent *)((char *)trace_log_header + TRACE_DIRECTORY_OFFSET);
}

/* --- the file descriptor ------------------------------------------------- */

static bool is_our_file(int fd)
{
    struct stat status;
    return sys_fstat(fd, &status) == 0 && status.st_dev == log_file.device &&
           status.st_ino == log_file.inode;
}

/* A descriptor of the log: the one kept, or the file opened anew if the program closed it. */
static int log_fd(void)
{
    int kept = descriptor_of(DESCRIPTOR_LOG);
    if (kept >= 0)
        return kept;
    long fd = sys_open(log_file.path, O_RDWR | O_NOFOLLOW, 0);
    if (sys_is_error(fd))
        return -1;
    if (!is_our_file((int)fd)) {
        sys_close((int)fd);
        return -1;
    }
    return descriptor_keep(DESCRIPTOR_LOG, (int)fd, true);
}

void trace_log_forget(void)
{
    descriptor_let_go(DESCRIPTOR_LOG);
    log_file.in_file = false;
}

int trace_log_descriptor(void)
{
    return log_file.in_file ? log_fd() : -1;
}

/* --- its size ------------------------------------------------------------ */

long trace_log_allocate(int fd, uint64_t offset, size_t bytes)
{
    long error = sys_allocate(fd, offset, bytes);
    uint64_t size = atomic_load(&log_file.size);
    while (!error && size < offset + bytes)
        if (atomic_compare_exchange_weak(&log_file.size, &size, offset + bytes))
            break;
    return error;
}

bool trace_log_is_short(void)
{
    struct stat status;
    uint64_t size = atomic_load(&log_file.size);
    int fd = trace_log_descriptor();
    if (fd < 0 || sys_fstat(fd, &status) != 0)
        return false;
    return (uint64_t)status.st_size < size || trace_log_header->version != TRACE_VERSION;
}

/* --- extents ------------------------------------------------------------- */

static void say_why(void *error)
{
    message_line("libtrace: %s cannot grow (%s): the totals stay correct, but the log lacks what "
                 "is allocated from now on",
                 log_file.path, sys_error_text(*(const long *)error));
}

static void say_full(long error)
{
    trace_log_header->flags |= TRACE_FLAG_INCOMPLETE;
    if (log_file.full_said)
        return;
    log_file.full_said = true;
    /* A line is 8 KiB of stack, and this is inside a malloc. */
    own_stack_run(OWN_STACK_LEARNING, say_why, &error);
}

/* Where the program has all further memory locked, and its limit is reached: a longer view of the
 * header's mapping, which is not locked, is not locked either. */
static void *map_unlocked(uint64_t offset, size_t bytes)
{
    long view = pages_are_kept_unlocked()
                    ? sys_mremap(trace_log_header, 0, offset + bytes, MREMAP_MAYMOVE, NULL)
                    : -ENOMEM;
    if (sys_is_error(view))
        return NULL;
    sys_munmap((void *)view, offset);
    return (void *)(view + (long)offset);
}

static void *map_file(uint64_t offset, size_t bytes)
{
    int fd = log_fd();
    long error = fd < 0 ? -EBADF : trace_log_allocate(fd, offset, bytes);
    void *memory = NULL;
    if (error == 0) {
        memory = sys_mmap(pages_hint(bytes), bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
        if (!memory)
            memory = map_unlocked(offset, bytes);
        error = memory ? 0 : -ENOMEM;
    }
    if (error)
        say_full(error);
    else
        pages_note(memory, bytes);
    return memory;
}

static void list(unsigned index, const struct trace_extent *extent, void *memory)
{
    size_t rounded = (extent->length + TRACE_PAGE_SIZE - 1) & ~(size_t)(TRACE_PAGE_SIZE - 1);
    struct trace_extent *listed = &directory()[index];
    log_file.pieces[index] = (struct trace_log_piece){memory, rounded};
    listed->number = extent->number;
    listed->offset = extent->offset;
    listed->length = extent->length;
    listed->first =
        extent->kind == TRACE_BLOCKS ? (uintptr_t)memory / sizeof(uint64_t) : extent->first;
    /* Release: a reader that sees the kind sees the rest. */
    __atomic_store_n(&listed->kind, extent->kind, __ATOMIC_RELEASE);
}

void *trace_log_extend(enum trace_table kind, uint32_t number, size_t bytes, uint64_t first)
{
    size_t rounded = (bytes + TRACE_PAGE_SIZE - 1) & ~(size_t)(TRACE_PAGE_SIZE - 1);
    /* At the end, where the verdicts come, the program needs no more. */
    if (kind != TRACE_VERDICTS && kind != TRACE_HEADS && !sys_leaves_space(rounded)) {
        say_full(-ENOMEM);
        return NULL;
    }
    unsigned index = atomic_fetch_add_explicit(&log_file.extents, 1, memory_order_relaxed);
    if (index >= TRACE_EXTENTS_MAX) {
        say_full(-ENOSPC);
        return pages_map_shared(rounded);
    }
    uint64_t offset = __atomic_fetch_add(&trace_log_header->end, rounded, __ATOMIC_RELAXED);
    void *memory =
        log_file.in_file && !trace_log_loss_is_there() ? map_file(offset, rounded) : NULL;
    /* Without storage the table goes on in plain memory: the log misses what is there, the summary
     * does not. */
    if (!memory)
        return pages_map_shared(rounded);
    const struct trace_extent extent = {kind, number, offset, bytes, first};
    list(index, &extent, memory);
    return memory;
}

bool trace_log_list(enum trace_table kind, uint64_t offset, size_t bytes)
{
    unsigned index = atomic_fetch_add_explicit(&log_file.extents, 1, memory_order_relaxed);
    if (index >= TRACE_EXTENTS_MAX)
        return false;
    struct trace_extent *extent = &directory()[index];
    extent->number = 0;
    extent->offset = offset;
    extent->length = bytes;
    extent->first = 0;
    /* Release: as in trace_log_extend. */
    __atomic_store_n(&extent->kind, kind, __ATOMIC_RELEASE);
    return true;
}

bool trace_log_adopt(enum trace_table kind, void *memory, size_t bytes)
{
    size_t rounded = (bytes + TRACE_PAGE_SIZE - 1) & ~(size_t)(TRACE_PAGE_SIZE - 1);
    unsigned index = atomic_fetch_add_explicit(&log_file.extents, 1, memory_order_relaxed);
    if (index >= TRACE_EXTENTS_MAX)
        return false;
    const struct trace_extent extent = {kind, 0, trace_log_header->end, bytes, 0};
    trace_log_header->end += rounded;
    list(index, &extent, memory);
    return true;
}

static struct trace_extent *find_extent(enum trace_table kind, uint32_t number)
{
    for (unsigned i = 0; i < TRACE_EXTENTS_MAX; i++)
        if (directory()[i].kind == kind && directory()[i].number == number)
            return &directory()[i];
    return NULL;
}

void trace_log_drop(enum trace_table kind, uint32_t number)
{
    struct trace_extent *extent = find_extent(kind, number);
    int fd = extent ? log_fd() : -1;
    if (extent)
        __atomic_store_n(&extent->kind, TRACE_FREE, __ATOMIC_RELEASE);
    if (fd >= 0)
        sys_punch(fd, extent->offset, extent->length);
}

void trace_log_fill(enum trace_table kind, uint32_t number, void *memory, size_t at,
                    const void *from, size_t bytes)
{
    const struct trace_extent *extent = log_file.in_file ? find_extent(kind, number) : NULL;
    int fd = extent ? log_fd() : -1;
    size_t done = 0;
    while (fd >= 0 && done < bytes) {
        long written =
            sys_pwrite(fd, (const char *)from + done, bytes - done, extent->offset + at + done);
        if (written <= 0)
            break;
        done += (size_t)written;
    }
    memcpy((char *)memory + at + done, (const char *)from + done, bytes - done);
}

struct trace_string trace_log_add_string(const char *text, size_t length)
{
    struct trace_string string = {0, 0, 0};
    uint64_t offset;
    if (length == 0 || length > 1u << 15 ||
        !chunk_table_claim(&trace_log_strings, (uint32_t)length, true, &offset))
        return string;
    memcpy(chunk_table_at(&trace_log_strings, offset), text, length);
    string.offset = offset;
    string.length = (uint32_t)length;
    return string;
}

/* --- the beginning ------------------------------------------------------- */

void trace_log_fill_header(struct trace_header *header)
{
    *header = (struct trace_header){0};
    header->version = TRACE_VERSION;
    header->byte_order = TRACE_BYTE_ORDER;
    header->header_size = sizeof *header;
    header->extents_max = TRACE_EXTENTS_MAX;
    header->machine = SYS_MACHINE;
    header->end = TRACE_DATA_OFFSET;
}

bool trace_log_is_in_place(void)
{
    struct stat status;
    struct stat root;
    if (!log_file.in_file)
        return false;
    /* Behind a chroot the path leads elsewhere for this process, not for who reads the summary. */
    if (sys_stat("/", &root) != 0 || root.st_dev != log_file.root.st_dev ||
        root.st_ino != log_file.root.st_ino) {
        int fd = log_fd();
        return fd < 0 || sys_fstat(fd, &status) != 0 || status.st_nlink > 0;
    }
    long error = sys_lstat(log_file.path, &status);
    if (error == -ENOENT || error == -ENOTDIR)
        return false;
    return error || (status.st_dev == log_file.device && status.st_ino == log_file.inode);
}

struct trace_file trace_log_file_identity(void)
{
    struct trace_file none = {0};
    return log_file.in_file ? (struct trace_file){log_file.device, log_file.inode, log_file.born_ns}
                            : none;
}

static int adopt(int fd)
{
    struct stat status;
    sys_fstat(fd, &status);
    sys_stat("/", &log_file.root);
    log_file.device = status.st_dev;
    log_file.inode = status.st_ino;
    log_file.born_ns = sys_birth_time(fd);
    return descriptor_keep(DESCRIPTOR_LOG, fd, true);
}

static bool begin_in_file(const char *path, size_t size, long fd)
{
    size_t length = path ? strlen(path) : 0;
    if (!path || length >= sizeof log_file.path)
        return false;
    memcpy(log_file.path, path, length + 1);
    if (fd < 0)
        fd = trace_log_file_open(log_file.path);
    if (sys_is_error(fd)) {
        if (fd != -EEXIST)
            message_line("libtrace: cannot create %s: %s; there will be a summary, but no log",
                         log_file.path, sys_error_text(fd));
        return false;
    }
    fd = adopt((int)fd);
    long error = trace_log_allocate((int)fd, 0, size);
    trace_log_header =
        error ? NULL
              : sys_mmap(pages_hint(size), size, PROT_READ | PROT_WRITE, MAP_SHARED, (int)fd, 0);
    if (trace_log_header) {
        pages_note(trace_log_header, size);
        return true;
    }
    message_line("libtrace: cannot write %s: %s; there will be a summary, but no log",
                 log_file.path, sys_error_text(error ? error : -ENOMEM));
    sys_unlink(log_file.path);
    descriptor_let_go(DESCRIPTOR_LOG);
    return false;
}

void trace_log_begin_in(const char *path, int fd)
{
    static char nowhere[TRACE_DATA_OFFSET]; /* the last resort */
    log_file.begun_ns = sys_nanoseconds(CLOCK_MONOTONIC);
    log_file.in_file = begin_in_file(path, TRACE_DATA_OFFSET, fd);
    if (!log_file.in_file)
        trace_log_header = pages_map_shared(TRACE_DATA_OFFSET);
    if (!trace_log_header)
        trace_log_header = (struct trace_header *)nowhere;
    trace_log_fill_header(trace_log_header);
}

void trace_log_begin(const char *path)
{
    trace_log_begin_in(path, -1);
}

/* --- a forked child's ---------------------------------------------------- */

bool trace_log_is_whole(void)
{
    return log_file.in_file && !(trace_log_header->flags & TRACE_FLAG_INCOMPLETE);
}

const struct trace_log_piece *trace_log_piece(unsigned index)
{
    return index < atomic_load_explicit(&log_file.extents, memory_order_relaxed)
               ? &log_file.pieces[index]
               : NULL;
}

static long renew(long fd)
{
    if (sys_is_error(fd))
        return fd;
    log_file.in_file = true;
    log_file.full_said = false;
    atomic_store(&log_file.size, 0);
    trace_log_loss_forget();
    return adopt((int)fd);
}

long trace_log_renew(const char *path, bool shared)
{
    trace_log_forget();
    memcpy(log_file.path, path, strlen(path) + 1);
    if (shared)
        trace_log_file_number(log_file.path);
    return renew(trace_log_file_open(log_file.path));
}

long trace_log_renew_as(const char *path)
{
    trace_log_forget();
    memcpy(log_file.path, path, strlen(path) + 1);
    return renew(trace_log_file_create(path));
}

void trace_log_abandon(long error)
{
    message_line("libtrace: this forked process is not traced: cannot %s %s: %s",
                 log_file.in_file ? "write" : "create", log_file.path, sys_error_text(error));
    if (log_file.in_file)
        sys_unlink(log_file.path);
    trace_log_forget();
}

/* --- the end ------------------------------------------------------------- */

static const struct chunk_table *const tables[] = {
    &trace_log_strings, &trace_log_modules,  &trace_log_threads, &trace_log_nodes,
    &trace_log_errors,  &trace_log_accounts, &trace_log_blocks,  &trace_log_regions,
    &trace_log_rare,    &trace_log_moves,    &trace_log_mappings};
#define TABLES (sizeof tables / sizeof *tables)

bool trace_log_is_growing(void)
{
    bool growing = false;
    for (size_t i = 0; i < TABLES; i++)
        growing |= atomic_load_explicit(&tables[i]->growing, memory_order_relaxed) != 0;
    return growing;
}

uint64_t trace_log_used(const struct trace_extent *extent)
{
    for (size_t i = 0; i < TABLES; i++) {
        if (tables[i]->tag != extent->kind)
            continue;
        uint64_t count = atomic_load_explicit(&tables[i]->count, memory_order_relaxed);
        uint64_t first = chunk_table_first_of(tables[i], extent->number);
        uint64_t used = count > first ? (count - first) * tables[i]->record_size : 0;
        return used < extent->length ? used : extent->length;
    }
    return extent->length;
}

static void punch_behind(int fd, const struct trace_extent *extent, uint64_t used)
{
    used = (used + TRACE_PAGE_SIZE - 1) & ~(uint64_t)(TRACE_PAGE_SIZE - 1);
    if (used < extent->length)
        sys_punch(fd, extent->offset + used, extent->length - used);
}

/* The storage behind each table's last record, and of chunks that were made ahead of it. */
static void punch_tails(int fd)
{
    for (unsigned i = 0; i < TRACE_EXTENTS_MAX; i++)
        punch_behind(fd, &directory()[i], trace_log_used(&directory()[i]));
}

/* The storage of the leak check's tables behind what it used. */
static void punch_unused(int fd, enum trace_table kind, uint64_t bytes)
{
    const struct trace_extent *extent = find_extent(kind, 0);
    if (extent)
        punch_behind(fd, extent, bytes);
}

void trace_log_end(void)
{
    int fd = log_file.in_file ? log_fd() : -1;
    if (fd < 0)
        return;
    punch_tails(fd);
    const struct trace_check *check = &trace_log_header->check;
    punch_unused(fd, TRACE_VERDICTS, check->verdicts * sizeof(struct trace_verdict));
    uint64_t heads = check->leaks.blocks[TRACE_INDIRECTLY_LOST] ? check->verdicts : 0;
    punch_unused(fd, TRACE_HEADS, (heads + 1) / 2 * sizeof(struct trace_heads));
    trace_log_header->flags |= TRACE_FLAG_CUT_TO_SIZE;
}
