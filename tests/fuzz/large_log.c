/* large_log.c: large_log NAME LOG: logs of some megabytes that once took a reader gigabytes, or
 * minutes, because the work was the product of two of the log's numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "log_writer.h"

static struct log_writer writer;

/* log_writer grows its tables one record at a time: large ones are set whole. */
static void *set_table(struct log_table *table, size_t count, size_t size)
{
    table->bytes = calloc(count, size);
    table->size = count * size;
    table->room = 0;
    if (!table->bytes)
        abort();
    return table->bytes;
}

static struct trace_node *set_nodes(size_t count)
{
    return set_table(&writer.tables[TRACE_NODES], count, sizeof(struct trace_node));
}

/* A live block for each stack from the first on, of which each `step`th node is one. */
static void set_blocks(size_t count, uint32_t first, uint32_t step)
{
    struct trace_account *counts = set_table(&writer.tables[TRACE_ACCOUNTS], count, sizeof *counts);

    for (uint32_t i = first; i < count; i++) {
        log_writer_slot(&writer, 0x1000ull * i,
                        TRACE_SLOT_TAKEN | (uint64_t)i << TRACE_SLOT_ACCOUNT_SHIFT |
                            8ull << TRACE_SLOT_SIZE_SHIFT);
        counts[i] = (struct trace_account){.thread = 1, .stack = i * step, .allocations = 1};
    }
}

static struct trace_module *set_modules(size_t count, struct trace_string path)
{
    struct trace_module *modules = set_table(&writer.tables[TRACE_MODULES], count, sizeof *modules);

    for (size_t i = 1; i < count; i++)
        modules[i] = (struct trace_module){
            .start = 0x10000 * i, .end = 0x10000 * (i + 1), .bias = 0x10000 * i, .path = path};
    return modules;
}

/* A thousand modules a megabyte, and all of them have the one megabyte of STRINGS as their path. */
static void long_names(void)
{
    enum { LENGTH = 1 << 20, MODULES = 20000 };
    struct log_table *strings = &writer.tables[TRACE_STRINGS];

    memset(set_table(strings, LENGTH, 1), 'a', LENGTH);
    set_modules(MODULES, (struct trace_string){.offset = 0, .length = LENGTH});
}

/* One large file, mapped again and again: a plugin that is loaded and unloaded does this, too. The
 * second name of the file is another every time. */
static void one_file(const char *path)
{
    enum { MODULES = 20000 };
    char name[4096];
    struct trace_module *modules = set_modules(MODULES, log_writer_string(&writer, path));
    struct trace_node *nodes = set_nodes(MODULES);

    for (uint32_t i = TRACE_NODE_FIRST; i < MODULES; i++) {
        nodes[i] = (struct trace_node){.address = 0x10000 * i + 0x1000, .module = i};
        if (i % 2)
            continue;
        snprintf(name, sizeof name, "/proc/self/root/%.*s%s", (int)(i % 200),
                 "/////////////////////////////////////////////////////////////////////////////////"
                 "/////////////////////////////////////////////////////////////////////////////////"
                 "/////////////////////////////////////////////////",
                 path);
        modules[i].path = log_writer_string(&writer, name);
    }
    set_blocks(MODULES, TRACE_NODE_FIRST, 1);
}

/* Errors, each seen another number of times. */
static void many_errors(void)
{
    enum { ERRORS = 200000 };
    struct trace_error *errors =
        set_table(&writer.tables[TRACE_ERRORS], ERRORS, sizeof(struct trace_error));

    for (uint32_t i = 1; i < ERRORS; i++)
        errors[i] = (struct trace_error){.kind = TRACE_INVALID_FREE,
                                         .address_kind = TRACE_ADDRESS_UNKNOWN,
                                         .count = i,
                                         .given = i};
}

/* The inverse of x * (an odd number), of x ^ x >> 32. */
static uint64_t inverse(uint64_t odd)
{
    uint64_t x = odd;

    for (int i = 0; i < 6; i++)
        x *= 2 - odd * x;
    return x;
}
static uint64_t unmixed(uint64_t hash)
{
    return (hash ^ hash >> 32) * inverse(0x9e3779b97f4a7c15u);
}

/* Frames whose numbers fell into one slot of the reader's hash table when its hash had no secret.
 */
static void one_slot(void)
{
    enum { NODES = 400000 };
    struct trace_node *nodes = set_nodes(NODES);

    for (uint64_t i = TRACE_NODE_FIRST; i < NODES; i++)
        nodes[i].address = unmixed(unmixed(i << 32) ^ 0) ^ 16;
    set_blocks(NODES, TRACE_NODE_FIRST, 1);
}

/* A stack of 2^20 frames, and a block for every thousandth of them. */
static void deep(void)
{
    enum { NODES = 1 << 20, STEP = 1000 };
    struct trace_node *nodes = set_nodes(NODES);

    for (uint32_t i = TRACE_NODE_FIRST; i < NODES; i++)
        nodes[i] = (struct trace_node){.address = 0x1000 + i,
                                       .parent = i > TRACE_NODE_FIRST ? i - 1 : TRACE_NODE_END};
    set_blocks(NODES / STEP, 1, STEP);
}

/* Half a terabyte of each table, which takes some pages of disk; a file of ext4 has 16 terabytes at
 * most. */
static void make_terabytes(const char *path)
{
    const uint64_t half_tera = 1ull << 39;
    struct trace_extent *directory = (void *)(writer.bytes + TRACE_DIRECTORY_OFFSET);
    struct trace_header *header = (void *)writer.bytes;
    uint64_t end = (writer.size + half_tera - 1) / half_tera * half_tera;

    for (uint32_t kind = TRACE_STRINGS; kind < TRACE_TABLES_COUNT; kind++, end += half_tera)
        directory[writer.extents++] =
            (struct trace_extent){.kind = kind,
                                  .number = 9,
                                  .offset = end,
                                  .length = half_tera,
                                  .first = kind == TRACE_BLOCKS ? 0 : 1000};
    header->end = end;
    log_writer_save(&writer, path, writer.size);
    if (truncate(path, (off_t)end) != 0)
        abort();
}

/* A terabyte of VERDICTS alone, and the word that all of them count. */
static void make_terabyte_of_verdicts(const char *path)
{
    struct trace_header *header = (void *)writer.bytes;
    struct trace_extent *directory = (void *)(writer.bytes + TRACE_DIRECTORY_OFFSET);

    header->check.scan = TRACE_SCAN_DONE;
    header->check.verdicts = UINT64_MAX;
    directory[writer.extents++] =
        (struct trace_extent){.kind = TRACE_VERDICTS, .offset = writer.size, .length = 1ull << 40};
    log_writer_save(&writer, path, writer.size);
    if (truncate(path, 1ll << 41) != 0)
        abort();
}

int main(int count, char **arguments)
{
    if (count < 3)
        return 2;
    const char *name = arguments[1];

    log_writer_begin(&writer);
    if (strcmp(name, "long_names") == 0)
        long_names();
    else if (strcmp(name, "one_file") == 0 && count == 4)
        one_file(arguments[3]);
    else if (strcmp(name, "many_errors") == 0)
        many_errors();
    else if (strcmp(name, "one_slot") == 0)
        one_slot();
    else if (strcmp(name, "deep") == 0)
        deep();
    else if (strcmp(name, "terabytes") == 0 || strcmp(name, "verdicts") == 0)
        writer.header.ending = TRACE_RUNNING;
    else
        return fprintf(stderr, "large_log NAME LOG [PATH]\n"), 2;
    log_writer_finish(&writer);
    if (strcmp(name, "terabytes") == 0)
        make_terabytes(arguments[2]);
    else if (strcmp(name, "verdicts") == 0)
        make_terabyte_of_verdicts(arguments[2]);
    else
        log_writer_save(&writer, arguments[2], writer.size);
    log_writer_end(&writer);
    return 0;
}
