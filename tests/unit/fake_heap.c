#include "fake_heap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* The word's place, and in *end how far one may read on from there. */
static const uint64_t *find_memory(const struct fake_heap *fake, uint64_t address, uint64_t *end)
{
    const struct {
        uint64_t start;
        const uint64_t *words;
        size_t count;
    } areas[] = {
        {FAKE_FILE, fake->file, FAKE_SMALL_WORDS},
        {FAKE_ROOTS, fake->roots, FAKE_SMALL_WORDS},
        {FAKE_HEAP, fake->heap, fake->heap_words},
    };
    for (size_t k = 0; k < sizeof areas / sizeof *areas; k++)
        if (address - areas[k].start < areas[k].count * 8) {
            *end = areas[k].start + areas[k].count * 8;
            if (address < fake->hole_begin && fake->hole_begin < *end)
                *end = fake->hole_begin;
            else if (address - fake->hole_begin < fake->hole_end - fake->hole_begin)
                return NULL;
            return areas[k].words + (address - areas[k].start) / 8;
        }
    return NULL;
}

static long fake_read(void *context, uint64_t address, void *buffer, size_t length)
{
    struct fake_heap *fake = context;
    uint64_t end;
    const uint64_t *memory = find_memory(fake, address, &end);
    fake->reads++;
    if (!memory)
        return -EFAULT;
    if (length > end - address)
        length = end - address;
    memcpy(buffer, (const char *)memory + address % 8, length);
    return (long)length;
}

static const void *fake_in_place(void *context, uint64_t address, size_t length)
{
    const struct fake_heap *fake = context;
    uint64_t end;
    const uint64_t *memory = fake->in_place ? find_memory(fake, address, &end) : NULL;
    return memory && length <= end - address ? (const char *)memory + address % 8 : NULL;
}

static uint64_t fake_next_used(void *context, uint64_t begin, uint64_t end, uint64_t *until)
{
    const struct fake_heap *fake = context;
    *until = begin < fake->unused_begin && fake->unused_begin < end ? fake->unused_begin : end;
    if (begin < fake->unused_begin || begin >= fake->unused_end)
        return begin;
    return fake->unused_end < end ? fake->unused_end : end;
}

static uint64_t fake_large_size(void *context, uint64_t address)
{
    (void)address;
    return ((const struct fake_heap *)context)->large_size;
}

static unsigned fake_file_at(void *context, uint64_t address)
{
    (void)context;
    if (address - FAKE_FILE < FAKE_SMALL_WORDS * 8)
        return REACH_FILE_READABLE;
    if (address >= FAKE_CODE && address < FAKE_CODE_END)
        return REACH_FILE_READABLE | REACH_FILE_EXECUTABLE;
    return 0;
}

void fake_heap_open(struct fake_heap *fake, size_t max_blocks, size_t heap_words)
{
    memset(fake, 0, sizeof *fake);
    fake->heap = calloc(heap_words, sizeof *fake->heap);
    fake->blocks = calloc(max_blocks, sizeof *fake->blocks);
    assert_non_null(fake->heap);
    fake->verdicts = calloc(max_blocks, sizeof *fake->verdicts);
    assert_non_null(fake->blocks);
    assert_non_null(fake->verdicts);
    fake->heap_words = heap_words;
    fake->max = max_blocks;
    fake->next = FAKE_HEAP;
    fake->heuristics = TRACE_HEURISTICS_ALL;
}

void fake_heap_close(struct fake_heap *fake)
{
    free(fake->heap);
    free(fake->blocks);
    free(fake->verdicts);
}

uint64_t fake_heap_block(struct fake_heap *fake, uint64_t size)
{
    uint64_t address = fake->next;
    assert_true(fake->n < fake->max);
    fake->blocks[fake->n++] = (struct trace_block){.where = address, .what = size};
    fake->next = (address + size + 16 + 15) / 16 * 16;
    assert_true(fake->next <= FAKE_HEAP + fake->heap_words * 8);
    return address;
}

void fake_heap_store(struct fake_heap *fake, uint64_t address, uint64_t word)
{
    uint64_t end;
    const uint64_t *memory = find_memory(fake, address, &end);
    assert_non_null(memory);
    memcpy((char *)(uintptr_t)memory + address % 8, &word, 8);
}

uint64_t fake_heap_root(struct fake_heap *fake, uint64_t word)
{
    assert_true(fake->roots_used < FAKE_SMALL_WORDS);
    fake->roots[fake->roots_used] = word;
    return FAKE_ROOTS + fake->roots_used++ * 8;
}

void fake_heap_begin(struct fake_heap *fake)
{
    struct reach_world world = {fake,           fake_read,       fake_in_place,
                                fake_next_used, fake_large_size, fake_file_at};
    assert_int_equal(reach_plan(&fake->reach, &world, fake->blocks, fake->n, fake->heuristics), 0);
    size_t size = fake->reach.scratch_size;
    fake->scratch = calloc(1, size); /* exactly so much: a sanitizer sees a byte too many */
    assert_non_null(fake->scratch);
    reach_begin(&fake->reach, fake->scratch);
}

void fake_heap_reach(struct fake_heap *fake)
{
    reach_finish(&fake->reach);
    for (uint32_t k = 0; k < fake->n; k++)
        fake->verdicts[k] = reach_verdict_of(&fake->reach, k);
}

void fake_heap_finish(struct fake_heap *fake)
{
    uint64_t address;
    fake_heap_reach(fake);
    const char *violation = reach_check(&fake->reach, &address);
    if (violation)
        fail_msg("%s: block %#llx", violation, (unsigned long long)address);
    free(fake->scratch);
    fake->scratch = NULL;
}

void fake_heap_check(struct fake_heap *fake)
{
    fake_heap_begin(fake);
    reach_scan_roots(&fake->reach, FAKE_ROOTS, FAKE_ROOTS + fake->roots_used * 8);
    fake_heap_finish(fake);
}

const struct reach_verdict *fake_heap_verdict(const struct fake_heap *fake, uint64_t address)
{
    for (size_t k = 0; k < fake->n; k++)
        if (fake->blocks[k].where == address)
            return &fake->verdicts[k];
    fail_msg("no block at %#llx", (unsigned long long)address);
    return NULL;
}

uint64_t fake_heap_head(const struct fake_heap *fake, uint64_t address)
{
    uint32_t head = fake_heap_verdict(fake, address)->head;
    return head == TRACE_HEAD_NONE ? 0 : fake->blocks[head].where;
}
