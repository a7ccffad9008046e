/* reach_verdict <FILE: what reach says of the graph that tests/programs/random_graph.c wrote, in
 * the first four columns of tests/e2e/leak_kinds.table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/reach.h"

enum { BLOCKS_MAX = 400, ROOTS = 12, TABLE = 64, BLOCK_SIZE_MAX = 128 };

static uint64_t function, table_start, table[TABLE], roots[ROOTS], count;
static struct memory {
    uint64_t start, size;
    unsigned char bytes[BLOCK_SIZE_MAX];
} memory[BLOCKS_MAX];

static void get(void *to, size_t size)
{
    if (size > 0 && fread(to, size, 1, stdin) != 1)
        exit(2);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = ((const struct memory *)a)->start, y = ((const struct memory *)b)->start;
    return x < y ? -1 : x > y;
}

static void load(void)
{
    get(&function, 8);
    get(&table_start, 8);
    get(table, sizeof table);
    get(roots, sizeof roots);
    get(&count, 8);
    for (uint64_t k = 0; k < count; k++) {
        get(&memory[k].start, 8);
        get(&memory[k].size, 8);
        get(memory[k].bytes, memory[k].size);
    }
    qsort(memory, count, sizeof *memory, compare);
}

static long copy(void *buffer, size_t length, const void *from, uint64_t offset, uint64_t size)
{
    if (length > size - offset)
        length = size - offset;
    memcpy(buffer, (const char *)from + offset, length);
    return (long)length;
}

static long read_dump(void *context, uint64_t address, void *buffer, size_t length)
{
    (void)context;
    if (address - table_start < sizeof table)
        return copy(buffer, length, table, address - table_start, sizeof table);
    for (uint64_t k = 0; k < count; k++)
        if (address - memory[k].start < memory[k].size)
            return copy(buffer, length, memory[k].bytes, address - memory[k].start, memory[k].size);
    return -1;
}

static unsigned file_at(void *context, uint64_t address)
{
    (void)context;
    if (address == function)
        return REACH_FILE_READABLE | REACH_FILE_EXECUTABLE;
    return address - table_start < sizeof table ? REACH_FILE_READABLE : 0;
}

/* Not by which heuristic: valgrind also counts blocks that are only possibly reachable there. */
static void print(const struct reach *reach)
{
    static const int order[] = {TRACE_DEFINITELY_LOST, TRACE_INDIRECTLY_LOST, TRACE_POSSIBLY_LOST,
                                TRACE_REACHABLE};
    uint64_t bytes[4] = {0}, n[4] = {0};
    for (uint64_t k = 0; k < count; k++) {
        enum trace_leak_kind kind = reach_verdict_of(reach, (uint32_t)k).kind;
        n[kind]++;
        bytes[kind] += memory[k].size;
    }
    for (int k = 0; k < 4; k++)
        printf("%lu:%lu%s", (unsigned long)bytes[order[k]], (unsigned long)n[order[k]],
               k < 3 ? " " : "\n");
}

int main(void)
{
    static struct trace_block blocks[BLOCKS_MAX];
    static struct reach reach;
    const struct reach_world world = {.read = read_dump, .file_at = file_at};
    uint64_t address;
    load();
    for (uint64_t k = 0; k < count; k++)
        blocks[k] = (struct trace_block){.where = memory[k].start, .what = memory[k].size};
    if (reach_plan(&reach, &world, blocks, count, TRACE_HEURISTICS_ALL))
        return 2;
    reach_begin(&reach, calloc(1, reach.scratch_size));
    reach_scan_words(&reach, roots, ROOTS);
    reach_finish(&reach);
    print(&reach);
    const char *violation = reach_check(&reach, &address);
    if (violation)
        printf("%s: %#lx\n", violation, (unsigned long)address);
    return violation != NULL;
}
