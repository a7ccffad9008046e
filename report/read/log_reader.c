#include "read/log_reader.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

static const struct {
    const char *name;
    size_t record_size;
} log_tables[TRACE_TABLES_COUNT] = {
    [TRACE_FREE] = {"FREE", 1},
    [TRACE_STRINGS] = {"STRINGS", 1},
    [TRACE_COMMAND] = {"COMMAND", 1},
    [TRACE_GENERATED] = {"GENERATED", 1},
    [TRACE_MODULES] = {"MODULES", sizeof(struct trace_module)},
    [TRACE_THREADS] = {"THREADS", sizeof(struct trace_thread)},
    [TRACE_NODES] = {"NODES", sizeof(struct trace_node)},
    [TRACE_BLOCKS] = {"BLOCKS", sizeof(uint64_t)},
    [TRACE_ERRORS] = {"ERRORS", sizeof(struct trace_error)},
    [TRACE_VERDICTS] = {"VERDICTS", sizeof(struct trace_verdict)},
    [TRACE_HEADS] = {"HEADS", sizeof(struct trace_heads)},
    [TRACE_RARE] = {"RARE", sizeof(struct trace_rare)},
    [TRACE_REGIONS] = {"REGIONS", sizeof(struct trace_region)},
    [TRACE_ACCOUNTS] = {"ACCOUNTS", sizeof(struct trace_account)},
    [TRACE_TIMELINE] = {"TIMELINE", sizeof(struct trace_sample)},
    [TRACE_EARLIER] = {"EARLIER", sizeof(struct trace_earlier)},
    [TRACE_CHECKS] = {"CHECKS", sizeof(struct trace_check)},
    [TRACE_MOMENTS] = {"MOMENTS", sizeof(struct trace_moment)},
    [TRACE_GROWTH] = {"GROWTH", sizeof(struct trace_growth)},
    [TRACE_LOST] = {"LOST", sizeof(struct trace_lost)},
    [TRACE_POINTERS] = {"POINTERS", 1},
    [TRACE_ROOTS] = {"ROOTS", sizeof(struct trace_root)},
    [TRACE_NAMES] = {"NAMES", sizeof(struct trace_name)},
    [TRACE_MOVES] = {"MOVES", sizeof(struct trace_move)},
    [TRACE_JITDUMP] = {"JITDUMP", 1},
    [TRACE_AGES] = {"AGES", sizeof(struct trace_age)},
    [TRACE_MAPPINGS] = {"MAPPINGS", sizeof(struct trace_mapping)},
    [TRACE_STALE] = {"STALE", sizeof(struct trace_stale)},
};

/* --- the header ---------------------------------------------------------- */

static enum log_likeness log_judge_likeness(const struct log_reader *reader)
{
    size_t known = reader->size < TRACE_MAGIC_SIZE ? reader->size : TRACE_MAGIC_SIZE;

    if (memcmp(reader->bytes, TRACE_MAGIC, known) == 0)
        return LOG_IS_LOG;
    return known >= 4 && memcmp(reader->bytes, "\177ELF", 4) == 0 ? LOG_IS_ELF : LOG_IS_OTHER;
}

static int log_check_magic(const struct log_reader *reader, enum log_likeness likeness,
                           struct failure *failure)
{
    static const unsigned char zeros[TRACE_MAGIC_SIZE];

    if (likeness == LOG_IS_ELF)
        return failure_set(failure, "%s is a program or library, not a log", reader->path);
    if (likeness == LOG_IS_OTHER && reader->size >= TRACE_MAGIC_SIZE &&
        memcmp(reader->bytes, zeros, TRACE_MAGIC_SIZE) == 0)
        return failure_set(failure,
                           "%s: bytes 0 to 7 are zero: the tracer has not begun to write it, or "
                           "the program was killed before it could; trace it again",
                           reader->path);
    if (likeness == LOG_IS_OTHER)
        return failure_set(failure,
                           "%s is not a trace log: byte 0 should begin \"leaklog\"; name the "
                           "trace.log that libtrace.so wrote",
                           reader->path);
    return 0;
}

static int log_check_version(const struct log_reader *reader, struct failure *failure)
{
    const struct trace_header *header = &reader->header;

    if (header->byte_order == __builtin_bswap32(TRACE_BYTE_ORDER))
        return failure_set(
            failure,
            "%s was written on a machine with the other byte order (byte 12): read it "
            "with leakreport on such a machine",
            reader->path);
    if (header->version > TRACE_VERSION)
        return failure_set(failure,
                           "%s was written by a newer libtrace, version %u (byte 8); this "
                           "leakreport reads %u: use the leakreport that came with it",
                           reader->path, header->version, TRACE_VERSION);
    if (header->version < TRACE_VERSION)
        return failure_set(failure,
                           "%s has version %u (byte 8), and this leakreport reads %u: use the "
                           "leakreport that came with its libtrace",
                           reader->path, header->version, TRACE_VERSION);
    return 0;
}

/* The numbers that say how the file is laid out have one value each in this version. */
static int log_check_layout(const struct log_reader *reader, struct failure *failure)
{
    const struct trace_header *header = &reader->header;
    const struct {
        uint32_t found, expected, byte;
        const char *what;
    } fields[] = {
        {header->byte_order, TRACE_BYTE_ORDER, 12, "byte order"},
        {header->header_size, sizeof *header, 16, "header's size"},
        {header->extents_max, TRACE_EXTENTS_MAX, 20, "directory's length"},
    };

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].found != fields[i].expected)
            return failure_set(failure,
                               "%s is damaged at byte %u: the %s is %u, not %u; trace the program "
                               "again",
                               reader->path, fields[i].byte, fields[i].what, fields[i].found,
                               fields[i].expected);
    return 0;
}

static int log_read_header(struct log_reader *reader, struct failure *failure)
{
    size_t known = reader->size < sizeof reader->header ? reader->size : sizeof reader->header;

    memcpy(&reader->header, reader->bytes, known);
    if (known == sizeof reader->header &&
        (log_check_version(reader, failure) != 0 || log_check_layout(reader, failure) != 0))
        return -1;
    if (known == sizeof reader->header && (reader->header.flags & TRACE_FLAG_LOST))
        return failure_set(failure,
                           "%s was truncated by another program (log rotation?) while process "
                           "%u was traced: what it recorded is lost; trace the program again",
                           reader->path, reader->header.pid);
    if (reader->size < TRACE_DATA_OFFSET)
        return failure_set(failure,
                           "%s is truncated: it ends at byte %" PRIu64
                           ", inside the %s, which reaches to byte %u; copy it again or trace the "
                           "program again",
                           reader->path, reader->size,
                           known < sizeof reader->header ? "header" : "directory",
                           TRACE_DATA_OFFSET);
    return 0;
}

/* Word by word, each once: extents begin at pages, and all records consist of words of 8 bytes. */
static void log_copy_words(const unsigned char *bytes, size_t size, void *copy)
{
    const uint64_t *from = (const void *)bytes;
    uint64_t *to = copy;

    to[0] = __atomic_load_n(&from[0], __ATOMIC_ACQUIRE);
    for (size_t i = 1; i < size / sizeof *to; i++)
        to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}

/* --- the directory ------------------------------------------------------- */

static void log_add_damage(struct log_reader *reader, char *sentence)
{
    reader->damage[reader->damage_count++] = sentence;
}

/* An entry that makes no sense at all. */
static bool log_extent_is_sane(const struct trace_extent *entry)
{
    uint64_t end;

    return entry->kind < TRACE_TABLES_COUNT && entry->offset % TRACE_PAGE_SIZE == 0 &&
           entry->offset >= TRACE_DATA_OFFSET && entry->length != 0 &&
           entry->first < (uint64_t)1 << 56 &&
           !__builtin_add_overflow(entry->offset, entry->length, &end) && end < (uint64_t)1 << 62;
}

/* Takes over what of the extent lies inside the file. */
static void log_add_extent(struct log_reader *reader, const struct trace_extent *entry)
{
    size_t record_size = log_tables[entry->kind].record_size;
    uint64_t wanted = entry->length / record_size;
    uint64_t inside = entry->offset < reader->size ? reader->size - entry->offset : 0;
    uint64_t count = (inside < entry->length ? inside : entry->length) / record_size;

    if (count < wanted)
        log_add_damage(reader, memory_text("%s is truncated at byte %" PRIu64 ": %" PRIu64
                                           " of the %" PRIu64 " %s of table %s at byte %" PRIu64
                                           " are missing",
                                           reader->path, reader->size, wanted - count, wanted,
                                           record_size == 1 ? "bytes" : "records",
                                           log_tables[entry->kind].name, entry->offset));
    if (count)
        reader->extents[reader->extent_count++] =
            (struct log_extent){.kind = entry->kind,
                                .number = entry->number,
                                .offset = entry->offset,
                                .first = entry->first,
                                .count = count,
                                .bytes = reader->bytes + entry->offset};
}

static void log_read_directory(struct log_reader *reader)
{
    const struct trace_extent *directory = (const void *)(reader->bytes + TRACE_DIRECTORY_OFFSET);

    for (uint32_t i = 0; i < TRACE_EXTENTS_MAX; i++) {
        struct trace_extent entry;

        log_copy_words((const void *)&directory[i], sizeof entry, &entry);
        if (entry.kind == TRACE_FREE)
            continue;
        if (log_extent_is_sane(&entry))
            log_add_extent(reader, &entry);
        else
            log_add_damage(reader, memory_text("%s is damaged at byte %zu: entry %u of the "
                                               "directory is invalid and is ignored",
                                               reader->path,
                                               TRACE_DIRECTORY_OFFSET + i * sizeof *directory, i));
    }
}

/* --- extents that lie on one another ------------------------------------- */

static int log_compare_offsets(const void *left, const void *right)
{
    const struct log_extent *a = left, *b = right;

    return (a->offset > b->offset) - (a->offset < b->offset);
}

static int log_compare_records(const void *left, const void *right)
{
    const struct log_extent *a = left, *b = right;

    if (a->kind != b->kind)
        return (a->kind > b->kind) - (a->kind < b->kind);
    if (a->first != b->first)
        return (a->first > b->first) - (a->first < b->first);
    return log_compare_offsets(left, right);
}

static uint64_t log_extent_end(const struct log_extent *extent)
{
    return extent->offset + extent->count * log_tables[extent->kind].record_size;
}

/* Same bytes, or same records: the second one cannot be what the tracer wrote. */
static bool log_extents_clash(const struct log_extent *a, const struct log_extent *b, bool by_index)
{
    if (!by_index)
        return log_extent_end(a) > b->offset;
    return a->kind == b->kind && a->first + a->count > b->first;
}

static void log_drop_clashes(struct log_reader *reader, bool by_index)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < reader->extent_count; i++) {
        struct log_extent *extent = &reader->extents[i];

        if (kept && log_extents_clash(&reader->extents[kept - 1], extent, by_index))
            log_add_damage(reader,
                           memory_text("%s is damaged: the table %s at byte %" PRIu64
                                       " overlaps %s and is left out",
                                       reader->path, log_tables[extent->kind].name, extent->offset,
                                       by_index ? "its own records" : "another table"));
        else
            reader->extents[kept++] = *extent;
    }
    reader->extent_count = kept;
}

static void log_order_extents(struct log_reader *reader)
{
    qsort(reader->extents, reader->extent_count, sizeof *reader->extents, log_compare_offsets);
    log_drop_clashes(reader, false);
    qsort(reader->extents, reader->extent_count, sizeof *reader->extents, log_compare_records);
    log_drop_clashes(reader, true);
    for (uint32_t table = 0, i = 0; table <= TRACE_TABLES_COUNT; table++) {
        while (i < reader->extent_count && reader->extents[i].kind < table)
            i++;
        reader->starts[table] = i;
    }
}

int log_reader_open(struct log_reader *reader, const char *path, enum log_likeness *likeness,
                    struct failure *failure)
{
    enum log_likeness found = LOG_IS_OTHER;

    memset(reader, 0, sizeof *reader);
    reader->path = path;
    int result = log_file_map(path, &reader->file, failure);
    reader->bytes = reader->file.bytes;
    reader->size = reader->file.size;
    if (result == 0) {
        found = log_judge_likeness(reader);
        result = log_check_magic(reader, found, failure);
    }
    if (result == 0)
        result = log_read_header(reader, failure);
    if (likeness)
        *likeness = found;
    if (result != 0) {
        log_reader_close(reader);
        return -1;
    }
    log_read_directory(reader);
    log_order_extents(reader);
    return 0;
}

void log_reader_close(struct log_reader *reader)
{
    for (uint32_t i = 0; i < reader->damage_count; i++)
        free(reader->damage[i]);
    log_file_unmap(&reader->file);
    reader->bytes = NULL;
    reader->damage_count = reader->extent_count = 0;
}

/* --- records ------------------------------------------------------------- */

const struct log_extent *log_reader_extents(const struct log_reader *reader, enum trace_table table,
                                            uint32_t *count)
{
    *count = reader->starts[table + 1] - reader->starts[table];
    return reader->extents + reader->starts[table];
}

/* The extent that holds this index, by halving. */
static const struct log_extent *log_find_extent(const struct log_reader *reader,
                                                enum trace_table table, uint64_t index)
{
    uint32_t low = reader->starts[table], high = reader->starts[table + 1];

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct log_extent *extent = &reader->extents[middle];

        if (index < extent->first)
            high = middle;
        else if (index - extent->first >= extent->count)
            low = middle + 1;
        else
            return extent;
    }
    return NULL;
}

static void log_copy_record(const struct log_extent *extent, uint64_t k, void *copy)
{
    size_t size = log_tables[extent->kind].record_size;

    log_copy_words(extent->bytes + k * size, size, copy);
}

bool log_reader_copy(const struct log_reader *reader, enum trace_table table, uint64_t index,
                     void *copy)
{
    const struct log_extent *extent = log_find_extent(reader, table, index);

    if (extent)
        log_copy_record(extent, index - extent->first, copy);
    return extent != NULL;
}

/* Of record `k` of the extent and later ones the next that do not lie in a hole. */
static bool log_find_run(struct log_walk *walk)
{
    const struct log_extent *extent = walk->extent;
    uint64_t size = log_tables[extent->kind].record_size, start, stop;
    uint64_t offset = extent->offset;

    if (!log_file_find_data(&walk->reader->file, offset + walk->k * size, log_extent_end(extent),
                            &start, &stop))
        return false;
    walk->k = (start - offset) / size;
    walk->end = (stop - offset + size - 1) / size;
    return true;
}

struct log_walk log_reader_walk(const struct log_reader *reader, enum trace_table table)
{
    return (struct log_walk){.reader = reader,
                             .extent = reader->extents + reader->starts[table],
                             .last = reader->extents + reader->starts[table + 1]};
}

bool log_reader_next(struct log_walk *walk, void *copy)
{
    for (; walk->k == walk->end; walk->k = walk->end = 0, walk->extent++) {
        if (walk->extent == walk->last)
            return false;
        if (log_find_run(walk))
            break;
    }
    walk->index = walk->extent->first + walk->k;
    log_copy_record(walk->extent, walk->k++, copy);
    return true;
}

const char *log_reader_string(const struct log_reader *reader, struct trace_string string)
{
    const struct log_extent *extent = log_find_extent(reader, TRACE_STRINGS, string.offset);

    if (string.length == 0 || !extent)
        return NULL;
    uint64_t first = string.offset - extent->first;
    return extent->count - first >= string.length ? (const char *)extent->bytes + first : NULL;
}
