#include "symbols/jitdump.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "trace_format.h"

struct jitdump_moved {
    uint64_t index, to;
    uint32_t order;
};
struct jitdump {
    struct jitdump_code *codes;
    size_t count, capacity;
    struct jitdump_moved *moves;
    size_t move_count, move_capacity;
    const char *lines, *lines_end; /* of the load that comes next */
    uint64_t lines_of;
    uint32_t order;
};

/* --- records ------------------------------------------------------------- */

static bool jitdump_load(struct jitdump *dump, const char *bytes, size_t size)
{
    struct trace_jitdump_load load;

    if (size <= sizeof load)
        return false;
    memcpy(&load, bytes, sizeof load);
    const char *name = bytes + sizeof load;
    size_t length = strnlen(name, size - sizeof load);
    if (length == size - sizeof load || load.address + load.code_size < load.address)
        return false;
    memory_reserve(dump->codes, dump->count, dump->capacity);
    struct jitdump_code *code = &dump->codes[dump->count++];
    *code = (struct jitdump_code){.start = load.address,
                                  .size = load.code_size,
                                  .loaded = load.address,
                                  .index = load.index,
                                  .order = dump->order,
                                  .length = (uint32_t)length,
                                  .name = name};
    if (dump->lines && dump->lines_of == load.address) {
        code->lines = dump->lines;
        code->lines_end = dump->lines_end;
    }
    dump->lines = NULL;
    return true;
}

static bool jitdump_move(struct jitdump *dump, const char *bytes, size_t size)
{
    struct trace_jitdump_move move;

    if (size < sizeof move)
        return false;
    memcpy(&move, bytes, sizeof move);
    memory_reserve(dump->moves, dump->move_count, dump->move_capacity);
    dump->moves[dump->move_count++] =
        (struct jitdump_moved){.index = move.index, .to = move.to, .order = dump->order};
    return true;
}

static bool jitdump_lines(struct jitdump *dump, const char *bytes, size_t size)
{
    struct trace_jitdump_lines lines;

    if (size < sizeof lines)
        return false;
    memcpy(&lines, bytes, sizeof lines);
    dump->lines = bytes + sizeof lines;
    dump->lines_end = bytes + size;
    dump->lines_of = lines.address;
    return true;
}

static bool jitdump_record(struct jitdump *dump, uint32_t kind, const char *bytes, size_t size)
{
    switch (kind) {
    case TRACE_JITDUMP_LOAD:
        return jitdump_load(dump, bytes, size);
    case TRACE_JITDUMP_MOVE:
        return jitdump_move(dump, bytes, size);
    case TRACE_JITDUMP_LINES:
        return jitdump_lines(dump, bytes, size);
    default:
        return true;
    }
}

static void jitdump_records(struct jitdump *dump, const char *records, size_t size)
{
    struct trace_jitdump_record record;

    for (size_t at = 0; size - at >= sizeof record; at += record.size, dump->order++) {
        memcpy(&record, records + at, sizeof record);
        if (record.size < sizeof record || record.size > size - at ||
            !jitdump_record(dump, record.kind, records + at, record.size))
            return;
    }
}

/* --- lines --------------------------------------------------------------- */

/* V8 and LLVM tell addresses in the ELF file that perf will make of the code, behind its header;
 * the JVM's agent tells those of the code itself. */
#define ELF_HEADER 0x40u

/* The next line of those in from … end. false: there is none that is whole. */
static bool jitdump_next_line(const char **from, const char *end, struct trace_jitdump_line *line,
                              const char **path)
{
    if ((size_t)(end - *from) <= sizeof *line)
        return false;
    memcpy(line, *from, sizeof *line);
    const char *text = *from + sizeof *line;
    size_t length = strnlen(text, (size_t)(end - text));
    if (text + length == end)
        return false;
    *from = text + length + 1;
    if (strcmp(text, "\xff") != 0)
        *path = text;
    return true;
}

/* --- moves --------------------------------------------------------------- */

static int jitdump_compare(const void *left, const void *right)
{
    const struct jitdump_code *a = left, *b = right;

    if (a->index != b->index)
        return a->index < b->index ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

/* The function's latest load before the move. */
static const struct jitdump_code *jitdump_find(const struct jitdump *dump, size_t loads,
                                               const struct jitdump_moved *move)
{
    const struct jitdump_code wanted = {.index = move->index, .order = move->order};
    size_t low = 0, high = loads;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (jitdump_compare(&dump->codes[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && dump->codes[low - 1].index == move->index ? &dump->codes[low - 1] : NULL;
}

static void jitdump_follow_moves(struct jitdump *dump)
{
    size_t loads = dump->count;

    if (loads)
        qsort(dump->codes, loads, sizeof *dump->codes, jitdump_compare);
    for (size_t i = 0; i < dump->move_count; i++) {
        const struct jitdump_moved *move = &dump->moves[i];
        const struct jitdump_code *found = jitdump_find(dump, loads, move);

        if (!found || move->to + found->size < move->to)
            continue;
        struct jitdump_code moved = *found;
        moved.start = move->to;
        moved.order = move->order;
        memory_reserve(dump->codes, dump->count, dump->capacity);
        dump->codes[dump->count++] = moved;
    }
}

/* Where every line of all of a file lies behind a header, it is of those that count one. */
static void jitdump_place_lines(struct jitdump *dump)
{
    struct trace_jitdump_line line;
    bool behind = true;
    const char *path;

    for (size_t i = 0; i < dump->count && behind; i++) {
        const struct jitdump_code *code = &dump->codes[i];
        const char *from = code->lines;

        while (behind && from && jitdump_next_line(&from, code->lines_end, &line, &path))
            behind = line.address - code->loaded >= ELF_HEADER;
    }
    for (size_t i = 0; i < dump->count && behind; i++)
        dump->codes[i].loaded += ELF_HEADER;
}

struct jitdump_code *jitdump_read(const char *records, size_t size, size_t *count)
{
    struct jitdump dump = {0};

    jitdump_records(&dump, records, size);
    jitdump_place_lines(&dump);
    jitdump_follow_moves(&dump);
    free(dump.moves);
    *count = dump.count;
    return dump.codes;
}

bool jitdump_line(const struct jitdump_code *code, uint64_t address, const char **path,
                  unsigned *line)
{
    const char *from = code->lines, *named = NULL;
    struct trace_jitdump_line at;
    uint64_t there = address - code->start + code->loaded, best = 0;

    *path = NULL;
    while (from && jitdump_next_line(&from, code->lines_end, &at, &named)) {
        if (at.address > there || at.address < best || !named)
            continue;
        best = at.address;
        *path = named;
        *line = at.line;
    }
    return *path != NULL;
}
