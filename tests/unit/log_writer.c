#include "log_writer.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *grow(void *old, size_t size)
{
    void *block = realloc(old, size ? size : 1);

    if (!block)
        abort();
    return block;
}

static void add_bytes(struct log_table *table, const void *bytes, size_t size)
{
    if (size == 0)
        return;
    if (table->size + size > table->room) {
        table->room = 2 * (table->size + size);
        table->bytes = grow(table->bytes, table->room);
    }
    if (bytes)
        memcpy(table->bytes + table->size, bytes, size);
    else
        memset(table->bytes + table->size, 0, size);
    table->size += size;
}

static size_t record_size(enum trace_table table)
{
    static const size_t sizes[TRACE_TABLES_COUNT] = {
        [TRACE_STRINGS] = 1,
        [TRACE_COMMAND] = 1,
        [TRACE_GENERATED] = 1,
        [TRACE_MODULES] = sizeof(struct trace_module),
        [TRACE_THREADS] = sizeof(struct trace_thread),
        [TRACE_NODES] = sizeof(struct trace_node),
        [TRACE_BLOCKS] = sizeof(uint64_t),
        [TRACE_ERRORS] = sizeof(struct trace_error),
        [TRACE_VERDICTS] = sizeof(struct trace_verdict),
        [TRACE_RARE] = sizeof(struct trace_rare),
        [TRACE_REGIONS] = sizeof(struct trace_region),
        [TRACE_ACCOUNTS] = sizeof(struct trace_account),
        [TRACE_TIMELINE] = sizeof(struct trace_sample),
        [TRACE_HEADS] = sizeof(struct trace_heads),
        [TRACE_EARLIER] = sizeof(struct trace_earlier),
        [TRACE_CHECKS] = sizeof(struct trace_check),
        [TRACE_LOST] = sizeof(struct trace_lost),
        [TRACE_POINTERS] = 1,
        [TRACE_ROOTS] = sizeof(struct trace_root),
        [TRACE_NAMES] = sizeof(struct trace_name),
        [TRACE_MOMENTS] = sizeof(struct trace_moment),
        [TRACE_GROWTH] = sizeof(struct trace_growth),
        [TRACE_STALE] = sizeof(struct trace_stale),
        [TRACE_MOVES] = sizeof(struct trace_move),
        [TRACE_JITDUMP] = 1,
        [TRACE_AGES] = sizeof(struct trace_age),
        [TRACE_MAPPINGS] = sizeof(struct trace_mapping),
    };

    return sizes[table];
}

/* Record 0 of most tables means none: it is made with the first real one. */
static uint32_t add_record(struct log_writer *writer, enum trace_table kind, const void *record)
{
    struct log_table *table = &writer->tables[kind];
    size_t size = record_size(kind);
    bool from_0 = kind == TRACE_VERDICTS || kind == TRACE_HEADS || kind == TRACE_TIMELINE ||
                  kind == TRACE_EARLIER || kind == TRACE_CHECKS || kind == TRACE_LOST ||
                  kind == TRACE_ROOTS || kind == TRACE_NAMES || kind == TRACE_MOMENTS ||
                  kind == TRACE_AGES || kind == TRACE_GROWTH;
    size_t reserved = kind == TRACE_NODES ? TRACE_NODE_FIRST : from_0 ? 0 : 1;

    if (table->size == 0)
        add_bytes(table, NULL, reserved * size);
    add_bytes(table, record, size);
    return (uint32_t)(table->size / size) - 1;
}

void log_writer_begin(struct log_writer *writer)
{
    memset(writer, 0, sizeof *writer);
    memcpy(writer->header.magic, TRACE_MAGIC, TRACE_MAGIC_SIZE);
    writer->header.version = TRACE_VERSION;
    writer->header.byte_order = TRACE_BYTE_ORDER;
    writer->header.header_size = sizeof writer->header;
    writer->header.extents_max = TRACE_EXTENTS_MAX;
    writer->header.pid = 4242;
    writer->header.ending = TRACE_RETURNED;
}

void log_writer_end(struct log_writer *writer)
{
    for (int i = 0; i < TRACE_TABLES_COUNT; i++)
        free(writer->tables[i].bytes);
    free(writer->bytes);
    memset(writer, 0, sizeof *writer);
}

struct trace_string log_writer_string(struct log_writer *writer, const char *text)
{
    struct log_table *table = &writer->tables[TRACE_STRINGS];
    struct trace_string string = {.offset = table->size, .length = (uint32_t)strlen(text)};

    add_bytes(table, text, strlen(text));
    return string;
}

void log_writer_command(struct log_writer *writer, const char *bytes, size_t size)
{
    add_bytes(&writer->tables[TRACE_COMMAND], bytes, size);
}

uint32_t log_writer_module(struct log_writer *writer, const char *path, uint64_t start,
                           uint64_t size)
{
    struct trace_module module = {.start = start,
                                  .end = start + size,
                                  .bias = start,
                                  .path = log_writer_string(writer, path)};

    return add_record(writer, TRACE_MODULES, &module);
}

uint32_t log_writer_thread(struct log_writer *writer, struct trace_thread thread)
{
    return add_record(writer, TRACE_THREADS, &thread);
}

uint32_t log_writer_account(struct log_writer *writer, struct trace_account count)
{
    return add_record(writer, TRACE_ACCOUNTS, &count);
}

uint32_t log_writer_sample(struct log_writer *writer, struct trace_sample sample)
{
    return add_record(writer, TRACE_TIMELINE, &sample);
}

void log_writer_earlier(struct log_writer *writer, struct trace_earlier earlier)
{
    add_record(writer, TRACE_EARLIER, &earlier);
    writer->header.earlier++;
}

void log_writer_check(struct log_writer *writer, struct trace_check check)
{
    check.number = (uint32_t)++writer->header.checks;
    add_record(writer, TRACE_CHECKS, &check);
}

void log_writer_lost(struct log_writer *writer, struct trace_lost lost)
{
    writer->header.lost++;
    add_record(writer, TRACE_LOST, &lost);
}

void log_writer_generated(struct log_writer *writer, const char *text)
{
    add_bytes(&writer->tables[TRACE_GENERATED], text, strlen(text));
}

void log_writer_jitdump(struct log_writer *writer, const void *records, size_t size)
{
    add_bytes(&writer->tables[TRACE_JITDUMP], records, size);
}

void log_writer_pointers(struct log_writer *writer, const unsigned char *bytes, size_t size)
{
    add_bytes(&writer->tables[TRACE_POINTERS], bytes, size);
}

void log_writer_move(struct log_writer *writer, struct trace_move move)
{
    add_record(writer, TRACE_MOVES, &move);
}

void log_writer_age(struct log_writer *writer, uint64_t time_ns, uint32_t first_account)
{
    add_record(writer, TRACE_AGES, &(struct trace_age){time_ns, first_account, 0});
}

void log_writer_mapping(struct log_writer *writer, struct trace_mapping mapping)
{
    add_record(writer, TRACE_MAPPINGS, &mapping);
}

void log_writer_stale(struct log_writer *writer, struct trace_stale stale)
{
    add_record(writer, TRACE_STALE, &stale);
}

void log_writer_root(struct log_writer *writer, struct trace_root root)
{
    add_record(writer, TRACE_ROOTS, &root);
}

void log_writer_name(struct log_writer *writer, uint64_t begin, uint64_t size, const char *name)
{
    add_record(writer, TRACE_NAMES,
               &(struct trace_name){begin, size, log_writer_string(writer, name)});
}

void log_writer_moment(struct log_writer *writer, uint64_t time_ns, const struct trace_growth *rows,
                       uint32_t count)
{
    struct trace_moment moment = {.time_ns = time_ns, .rows = count};

    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = add_record(writer, TRACE_GROWTH, &rows[i]);

        if (i == 0)
            moment.first = row;
    }
    add_record(writer, TRACE_MOMENTS, &moment);
}

uint32_t log_writer_node(struct log_writer *writer, uint64_t address, uint32_t parent,
                         uint32_t module)
{
    struct trace_node node = {.address = address, .parent = parent, .module = module};

    return add_record(writer, TRACE_NODES, &node);
}

uint32_t log_writer_error(struct log_writer *writer, struct trace_error error)
{
    return add_record(writer, TRACE_ERRORS, &error);
}

static uint64_t count_of(struct log_writer *writer, uint32_t stack)
{
    const struct log_table *table = &writer->tables[TRACE_ACCOUNTS];
    const struct trace_account *counts = (const void *)table->bytes;

    for (uint32_t i = 1; i < table->size / sizeof *counts; i++)
        if (counts[i].stack == stack)
            return i;
    return stack ? log_writer_account(writer, (struct trace_account){.thread = 1, .stack = stack})
                 : 0;
}

static uint64_t pack_what(struct log_writer *writer, uint64_t size, uint32_t stack)
{
    return (size < TRACE_SIZE_ELSEWHERE ? size : TRACE_SIZE_ELSEWHERE) | count_of(writer, stack)
                                                                             << TRACE_SIZE_BITS;
}

uint32_t log_writer_rare(struct log_writer *writer, uint64_t address, uint64_t size, uint32_t stack)
{
    struct trace_rare record = {{address, pack_what(writer, size, stack)}, size};

    return add_record(writer, TRACE_RARE, &record);
}

/* --- leaves -------------------------------------------------------------- */

uint64_t *log_writer_leaf(struct log_writer *writer, uint64_t address)
{
    struct log_table *table = &writer->tables[TRACE_REGIONS];
    struct trace_region none = {.begin = trace_region_address(address) + 1};
    struct trace_region *regions = (void *)table->bytes;
    size_t i = table->size / sizeof none;

    /* From the last one on: blocks come in the order of addresses, mostly. */
    while (i > 1 && regions[i - 1].begin != none.begin)
        i--;
    if (i < 2)
        i = add_record(writer, TRACE_REGIONS, &none) + 1;
    regions = (void *)table->bytes;
    return &regions[i - 1].leaves[address / TRACE_LEAF_SPAN % TRACE_REGION_LEAVES];
}

static uint64_t *places_of(const struct log_writer *writer, uint64_t leaf)
{
    return (void *)(writer->tables[TRACE_BLOCKS].bytes + trace_leaf_address(leaf) -
                    LOG_WRITER_SLOTS);
}

/* A leaf of so many slots, with what another one holds. */
static uint64_t make_leaf(struct log_writer *writer, uint64_t slots, uint64_t from)
{
    struct log_table *table = &writer->tables[TRACE_BLOCKS];
    uint64_t leaf = (LOG_WRITER_SLOTS + table->size) | (slots - 1) << 48;

    add_bytes(table, NULL, slots * sizeof(uint64_t));
    if (from)
        memcpy(places_of(writer, leaf), places_of(writer, from),
               trace_leaf_slots(from) * sizeof(uint64_t));
    return leaf;
}

void log_writer_slot(struct log_writer *writer, uint64_t address, uint64_t slot)
{
    uint64_t *word = log_writer_leaf(writer, address);
    uint32_t i = 0;

    if (!*word)
        *word = make_leaf(writer, TRACE_LEAF_SLOTS_MIN, 0);
    while (i < trace_leaf_slots(*word) && places_of(writer, *word)[i])
        i++;
    if (i == trace_leaf_slots(*word))
        *word = make_leaf(writer, i * 2ul, *word);
    places_of(writer, *word)[i] = slot | (address % TRACE_LEAF_SPAN / 8);
}

void log_writer_block(struct log_writer *writer, uint64_t address, uint64_t size, uint32_t stack)
{
    if (size >= TRACE_SLOT_SIZES || address % 8)
        log_writer_rare(writer, address, size, stack);
    else
        log_writer_slot(writer, address,
                        TRACE_SLOT_TAKEN | count_of(writer, stack) << TRACE_SLOT_ACCOUNT_SHIFT |
                            size << TRACE_SLOT_SIZE_SHIFT);
}

uint32_t *log_writer_heads(struct log_writer *writer)
{
    return (uint32_t *)(void *)writer->tables[TRACE_HEADS].bytes;
}

uint32_t log_writer_verdict(struct log_writer *writer, uint64_t address, uint64_t size,
                            uint32_t stack, enum trace_leak_kind kind, uint32_t head)
{
    struct trace_verdict verdict = {.where = address | (uint64_t)kind << TRACE_KIND_SHIFT,
                                    .what = pack_what(writer, size, stack)};

    writer->header.check.scan = TRACE_SCAN_DONE;
    if (writer->header.check.verdicts++ % 2 == 0)
        add_record(writer, TRACE_HEADS, &(struct trace_heads){{head, TRACE_HEAD_NONE}});
    else
        log_writer_heads(writer)[writer->tables[TRACE_HEADS].size / sizeof head - 1] = head;
    return add_record(writer, TRACE_VERDICTS, &verdict);
}

struct trace_verdict *log_writer_last_verdict(struct log_writer *writer)
{
    struct log_table *table = &writer->tables[TRACE_VERDICTS];

    return (void *)(table->bytes + table->size - sizeof(struct trace_verdict));
}

/* --- layout -------------------------------------------------------------- */

static void add_extent(struct log_writer *writer, struct trace_extent extent,
                       const unsigned char *bytes, size_t size)
{
    size_t length = (size + TRACE_PAGE_SIZE - 1) / TRACE_PAGE_SIZE * TRACE_PAGE_SIZE;
    size_t slot = TRACE_DIRECTORY_OFFSET + writer->extents++ * sizeof extent;

    extent.offset = writer->size;
    bool is_exact = extent.kind == TRACE_COMMAND || extent.kind == TRACE_REGIONS ||
                    extent.kind == TRACE_POINTERS || extent.kind == TRACE_GENERATED ||
                    extent.kind == TRACE_JITDUMP;
    extent.length = is_exact ? size : length;
    writer->bytes = grow(writer->bytes, writer->size + length);
    memset(writer->bytes + writer->size, 0, length);
    memcpy(writer->bytes + writer->size, bytes, size);
    memcpy(writer->bytes + slot, &extent, sizeof extent);
    writer->size += length;
}

/* Pieces of records_per_extent records. A piece's page holds space for more records than that, so
 * its numbers would run into the next one's: it gets a whole page's worth of records. */
static void add_table(struct log_writer *writer, enum trace_table kind,
                      const struct log_table *table)
{
    size_t size = record_size(kind), piece = writer->records_per_extent * size;
    uint32_t number = 0;

    if (piece == 0 || kind == TRACE_COMMAND || kind == TRACE_STRINGS)
        piece = table->size;
    else
        piece = (piece + TRACE_PAGE_SIZE - 1) / TRACE_PAGE_SIZE * TRACE_PAGE_SIZE / size * size;
    for (size_t at = 0; at < table->size; at += piece) {
        size_t left = table->size - at;
        uint64_t base = kind == TRACE_BLOCKS ? LOG_WRITER_SLOTS / size : 0;
        struct trace_extent extent = {.kind = kind, .number = number++, .first = base + at / size};

        add_extent(writer, extent, table->bytes + at, left < piece ? left : piece);
    }
}

void log_writer_finish(struct log_writer *writer)
{
    writer->size = TRACE_DATA_OFFSET;
    writer->bytes = grow(NULL, writer->size);
    memset(writer->bytes, 0, writer->size);
    for (unsigned kind = TRACE_STRINGS; kind < TRACE_TABLES_COUNT; kind++)
        add_table(writer, kind, &writer->tables[kind]);
    writer->header.end = writer->size;
    memcpy(writer->bytes, &writer->header, sizeof writer->header);
}

struct trace_extent *log_writer_extent(struct log_writer *writer, enum trace_table table,
                                       unsigned n)
{
    struct trace_extent *directory = (void *)(writer->bytes + TRACE_DIRECTORY_OFFSET);

    for (unsigned i = 0; i < writer->extents; i++)
        if (directory[i].kind == (uint32_t)table && n-- == 0)
            return &directory[i];
    return NULL;
}

void log_writer_save(const struct log_writer *writer, const char *path, size_t size)
{
    FILE *file = fopen(path, "w");

    if (!file || fwrite(writer->bytes, 1, size, file) != size || fclose(file) != 0)
        abort();
}
