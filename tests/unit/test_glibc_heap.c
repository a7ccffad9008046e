#include "libc/glibc_heap.h"
#include "libc/glibc_layout.h"

#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "os/memory_read.h"

/* A process on paper: pieces of memory with words in them, and its map as text. */
#define PIECES 8
struct piece {
    uint64_t address;
    uint64_t size;
    uint64_t *words;
};
struct range {
    uint64_t begin, end;
};
static struct {
    struct piece pieces[PIECES];
    size_t pieces_count;
    struct mapping mappings[32];
    struct memory_map map;
    struct trace_block blocks[64];
    size_t blocks_count;
    struct range found[4096];
    size_t found_count;
} paper;

static size_t read_paper(void *context, uint64_t address, void *buffer, size_t length)
{
    (void)context;
    for (size_t i = 0; i < paper.pieces_count; i++) {
        const struct piece *piece = &paper.pieces[i];
        if (address < piece->address || address >= piece->address + piece->size)
            continue;
        uint64_t rest = piece->address + piece->size - address;
        length = length < rest ? length : (size_t)rest;
        memcpy(buffer, (char *)piece->words + (address - piece->address), length);
        return length;
    }
    return 0;
}

static void note(void *context, uint64_t begin, uint64_t end)
{
    (void)context;
    assert_true(begin < end);
    assert_true(paper.found_count < 4096);
    paper.found[paper.found_count++] = (struct range){begin, end};
}

static int clear_paper(void **state)
{
    for (size_t i = 0; i < paper.pieces_count; i++)
        free(paper.pieces[i].words);
    memset(&paper, 0, sizeof paper);
    return 0;
}

static void put_map(const char *text)
{
    paper.map.mappings = paper.mappings;
    paper.map.count = memory_map_parse(text, strlen(text), paper.mappings, 32);
}

static void put_memory(uint64_t address, uint64_t size)
{
    uint64_t *words = calloc(1, size);
    paper.pieces[paper.pieces_count++] = (struct piece){address, size, words};
}

static void put_word(uint64_t address, uint64_t word)
{
    for (size_t i = 0; i < paper.pieces_count; i++) {
        struct piece *piece = &paper.pieces[i];
        if (address >= piece->address && address < piece->address + piece->size)
            piece->words[(address - piece->address) / 8] = word;
    }
}

/* A chunk's size and flags. */
static void put_chunk(uint64_t chunk, uint64_t size_and_flags)
{
    put_word(chunk + 8, size_and_flags);
}

static void put_block(uint64_t address, uint64_t size)
{
    paper.blocks[paper.blocks_count++] = (struct trace_block){.where = address, .what = size};
}

/* `before` bytes in front of its bins a malloc_state begins, the only one. */
static void put_ring(uint64_t bins, uint64_t before)
{
    put_word(bins + 16 * 127 + 16, bins - before);
}

/* The bins of a malloc_state at `bins`, `used` of them, here and there, not empty. */
static void put_main_arena(uint64_t bins, uint64_t top, unsigned used)
{
    for (unsigned i = 0; i < 127; i++) {
        int empty = i * 37 % 126 >= used;
        put_word(bins + 16 * i, empty ? bins + 16 * i - 16 : 0x10000);
        put_word(bins + 16 * i + 8, empty ? bins + 16 * i - 16 : 0x10000);
    }
    put_word(bins + 16 * 126, bins + 16 * 125);
    put_word(bins + 16 * 126 + 8, bins + 16 * 125);
    put_word(bins - 16, top);
    put_ring(bins, 112);
}

static struct glibc_heap_counts find(int other_allocator)
{
    struct glibc_heap_world world = {
        .map = &paper.map,
        .blocks = paper.blocks,
        .count = paper.blocks_count,
        .other_allocator = other_allocator,
        .read = read_paper,
        .found = note,
    };
    return glibc_heap_find(&world);
}

static void assert_found(size_t index, uint64_t begin, uint64_t end)
{
    assert_true(index < paper.found_count);
    if (paper.found[index].begin != begin || paper.found[index].end != end)
        fail_msg("range %zu is %#lx-%#lx, not %#lx-%#lx", index, paper.found[index].begin,
                 paper.found[index].end, begin, end);
}

/* --- the main arena ------------------------------------------------------ */

#define HEAP_LINE "10000-31000 rw-p 00000000 00:00 0 [heap]\n"
#define DATA_LINE "80000-82000 rw-p 00000000 fe:00 9 /lib/libc.so.6\n"
#define BINS      0x80200ull

/* 10000 tcache, 10290 a block, 102d0 free, 10400 a block, 10440 the top. */
static void put_simple_heap(uint64_t heap_end)
{
    put_memory(0x10000, 0x21000);
    put_chunk(0x10000, 0x290 | 1);
    put_chunk(0x10290, 0x40 | 1);
    put_chunk(0x102d0, 0x130 | 1);
    put_chunk(0x10400, 0x40);
    put_chunk(0x10440, (heap_end - 0x10440) | 1);
    put_block(0x102a0, 0x38);
    put_block(0x10410, 0x38);
}

static void heap_is_one_run_to_its_end(void **state)
{
    put_map(HEAP_LINE);
    put_simple_heap(0x31000);
    assert_int_equal(find(0).runs, 1);
    assert_int_equal(paper.found_count, 1);
    assert_found(0, 0x10000, 0x31000);
}

static void heap_without_live_blocks(void **state)
{
    put_map(HEAP_LINE);
    put_simple_heap(0x31000);
    paper.blocks_count = 0;
    find(0);
    assert_int_equal(paper.found_count, 1);
    assert_found(0, 0x10000, 0x31000);
}

static void brk_memory_of_the_program_alone(void **state)
{
    put_map(HEAP_LINE);
    put_memory(0x10000, 0x21000);
    for (uint64_t at = 0x10000; at < 0x31000; at += 8)
        put_word(at, at * 3);
    find(0);
    assert_int_equal(paper.found_count, 0);
}

static void sbrk_above_the_top_is_the_programs(void **state)
{
    put_map(HEAP_LINE DATA_LINE);
    put_simple_heap(0x30000);
    put_chunk(0x30000, 0x100 | 1); /* what looks like one more chunk */
    put_memory(0x80000, 0x2000);
    put_main_arena(BINS, 0x10440, 3);
    assert_int_equal(find(0).main_arenas, 1);
    assert_int_equal(paper.found_count, 2);
    assert_found(0, BINS - 112, BINS + 127 * 16 + 56);
    assert_found(1, 0x10000, 0x30000);
}

static void sbrk_between_two_runs_is_the_programs(void **state)
{
    put_map(HEAP_LINE DATA_LINE);
    put_simple_heap(0x10fe0);
    put_chunk(0x10fe0, 16 | 1);
    put_chunk(0x10ff0, 16 | 1);
    for (uint64_t at = 0x11000; at < 0x12010; at += 8)
        put_word(at, 0x77); /* 11000 … 12010: the program's */
    put_chunk(0x12010, 0x50 | 1);
    put_chunk(0x12060, 0x50 | 1);
    put_chunk(0x120b0, (0x31000 - 0x120b0) | 1);
    put_block(0x12070, 0x48);
    put_memory(0x80000, 0x2000);
    put_main_arena(BINS, 0x120b0, 0);
    assert_int_equal(find(0).runs, 2);
    assert_int_equal(paper.found_count, 3);
    assert_found(1, 0x10000, 0x11000);
    assert_found(2, 0x12010, 0x31000);
}

/* Without address randomization .bss and [heap] are one line. */
static void bss_in_the_heap_line_is_the_programs(void **state)
{
    put_map("e000-31000 rw-p 00000000 00:00 0 [heap]\n");
    put_simple_heap(0x31000);
    put_memory(0xe000, 0x2000);
    for (uint64_t at = 0xe000; at < 0x10000; at += 8)
        put_word(at, 0x20); /* looks like chunks, but for the one before */
    find(0);
    assert_int_equal(paper.found_count, 1);
    assert_found(0, 0x10000, 0x31000);
}

static void overwritten_size_does_not_end_the_run(void **state)
{
    put_map(HEAP_LINE DATA_LINE);
    put_simple_heap(0x31000);
    put_chunk(0x102d0, 0x4141414141414141);
    put_memory(0x80000, 0x2000);
    put_main_arena(BINS, 0x10440, 0);
    find(0);
    assert_int_equal(paper.found_count, 2);
    assert_found(1, 0x10000, 0x31000);
}

static void full_bins_are_told_too_and_chance_is_not(void **state)
{
    put_map(DATA_LINE);
    put_memory(0x80000, 0x2000);
    put_main_arena(BINS, 0x10440, 90);
    assert_int_equal(find(0).main_arenas, 1);
    assert_found(0, BINS - 112, BINS + 127 * 16 + 56);
    put_main_arena(BINS, 0x10440, 100);
    assert_int_equal(find(0).main_arenas, 0);
}

static void main_arena_begins_where_its_ring_says(void **state)
{
    static const uint64_t before[] = {24, 104, 112};
    put_map(DATA_LINE);
    put_memory(0x80000, 0x2000);
    put_memory(0x90000, 0x2000);
    put_main_arena(BINS, 0x10440, 0);
    for (size_t i = 0; i < 3; i++) {
        uint64_t next = before[i] + 16 * 127 + 16, other = 0x90020;
        put_word(BINS - before[i] + next, other); /* a ring of two */
        put_word(other + next, BINS - before[i]);
        assert_int_equal(find(0).main_arenas_whole, 1);
        assert_found(i, BINS - before[i], BINS + 127 * 16 + 56);
        put_word(other + next, 0);
    }
    put_ring(BINS, 64); /* of no release */
    assert_int_equal(find(0).main_arenas_whole, 0);
    assert_found(3, BINS - 16, BINS + 127 * 16);
}

/* Each bin but the last has one chunk, which leads back to it. */
static void put_linked_bins(uint64_t bins, uint64_t chunks)
{
    put_main_arena(bins, 0x10440, 126);
    for (unsigned i = 0; i < 126; i++) {
        uint64_t chunk = chunks + 64 * i;
        put_word(bins + 16 * i, chunk);
        put_word(bins + 16 * i + 8, chunk);
        put_word(chunk + 16, bins + 16 * i - 16);
        put_word(chunk + 24, bins + 16 * i - 16);
    }
}

static void bins_in_use_are_told_by_their_chunks(void **state)
{
    put_map(HEAP_LINE DATA_LINE);
    put_simple_heap(0x30000);
    put_memory(0x80000, 0x2000);
    put_memory(0xa0000, 0x2000);
    put_linked_bins(BINS, 0xa0000);
    assert_int_equal(find(0).main_arenas, 1);
    assert_found(0, BINS - 112, BINS + 127 * 16 + 56);
    for (unsigned i = 0; i < 8; i++)
        put_word(0xa0000 + 64 * i + 16, 0); /* seven may be at work */
    assert_int_equal(find(0).main_arenas, 0);
}

/* --- other arenas -------------------------------------------------------- */

#define H1 0x40000000ull
#define H2 0x48000000ull
#define MIB64_LINES                                                                                \
    "3ffff000-40021000 rw-p 00000000 00:00 0\n" /* merged with what lies below */                  \
    "40021000-44000000 ---p 00000000 00:00 0\n"                                                    \
    "48000000-48010000 rw-p 00000000 00:00 0\n"                                                    \
    "48010000-4c001000 ---p 00000000 00:00 0\n"

static void put_heap_info(uint64_t heap, uint64_t arena, uint64_t previous, uint64_t size)
{
    put_memory(heap, 0x10000);
    put_word(heap, arena);
    put_word(heap + 8, previous);
    put_word(heap + 16, size);
    put_word(heap + 24, size);
    put_word(heap + 32, 4096);
}

static void heaps_are_found_by_shape(void **state)
{
    put_map(MIB64_LINES);
    put_heap_info(H1, H1 + 48, 0, 0x21000);
    put_heap_info(H2, H1 + 48, H1, 0x10000);
    put_block(H1 + 0x1000, 24); /* needs no word of its own */
    put_block(H2 + 0x1000, 24);
    struct glibc_heap_counts counts = find(0);
    assert_int_equal(counts.heaps, 2);
    assert_int_equal(counts.foreign_blocks, 0);
    assert_int_equal(paper.found_count, 2);
    assert_found(0, H1, H1 + GLIBC_HEAP_SPAN);
    assert_found(1, H2, H2 + GLIBC_HEAP_SPAN);
}

static void other_64_mib_mappings_are_no_heaps(void **state)
{
    static const struct {
        uint64_t arena, previous, size;
    } wrong[] = {
        {H1 + 48, 0, 0x20000},  /* not what is writable */
        {H1 + 48, 0, 0x22000},  /* */
        {H1 + 48, 0, 0},        /* */
        {H1 + 48, 0, 0x21008},  /* no whole pages */
        {H1 + 40, 0, 0x21000},  /* no arena is there */
        {H1 + 48, H2, 0x21000}, /* a first heap has none before it */
        {H2 + 48, H2, 0x21000}, /* the other does not say the same */
        {H2 + 48, 0, 0x21000},  /* */
        {0, 0, 0x21000},        /* */
    };
    put_map(MIB64_LINES);
    put_heap_info(H1, 0, 0, 0);
    put_memory(H2, 0x10000);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        put_word(H1, wrong[i].arena);
        put_word(H1 + 8, wrong[i].previous);
        put_word(H1 + 16, wrong[i].size);
        put_word(H1 + 24, wrong[i].size);
        assert_int_equal(find(0).heaps, 0);
    }
    put_word(H1, H1 + 32); /* as before glibc 2.35: right again */
    put_word(H1 + 8, 0);
    put_word(H1 + 16, 0x20000); /* has shrunk, but its pages stay accessible */
    put_word(H1 + 24, 0x21000);
    assert_int_equal(find(0).heaps, 1);
}

static void hole_or_file_behind_is_no_heap(void **state)
{
    put_heap_info(H1, H1 + 48, 0, 0x21000);
    put_map("40000000-40021000 rw-p 00000000 00:00 0\n40021000-43fff000 ---p 00000000 00:00 0\n");
    assert_int_equal(find(0).heaps, 0);
    put_map(
        "40000000-40021000 rw-p 00000000 00:00 0\n40021000-44000000 ---p 00000000 fe:00 7 /x\n");
    assert_int_equal(find(0).heaps, 0);
    put_map("40000000-40021000 rw-s 00000000 00:00 0\n40021000-44000000 ---p 00000000 00:00 0\n");
    assert_int_equal(find(0).heaps, 0);
    put_map("40000000-40021000 rw-p 00000000 00:00 0\n40021000-44000000 ---p 00000000 00:00 0\n");
    assert_int_equal(find(0).heaps, 1);
}

static void block_of_a_heap_that_makes_no_sense(void **state)
{
    put_map(MIB64_LINES);
    put_heap_info(H1, 0x4141, 0x4141, 0x4141);
    put_chunk(H1 + 0x1000, 0x20 | 1 | 4);
    put_block(H1 + 0x1010, 24);
    assert_int_equal(find(0).heaps, 0);
    assert_int_equal(paper.found_count, 1);
    assert_found(0, H1, H1 + 0x21000);
}

/* --- mmapped chunks, and what is not glibc's ----------------------------- */

#define ANONYMOUS_LINE "50000-90000 rw-p 00000000 00:00 0\n"

static void mmapped_chunks(void **state)
{
    put_map(ANONYMOUS_LINE);
    put_memory(0x50000, 0x40000);
    put_chunk(0x52000, 0x21000 | 2);
    put_word(0x74ff0, 0x1ff0); /* aligned to a page, in a mapping that begins at 73000 */
    put_chunk(0x74ff0, 0x3010 | 2);
    put_block(0x52010, 0x20000);
    put_block(0x75000, 0x2000);
    struct glibc_heap_counts counts = find(0);
    assert_int_equal(counts.mmapped, 2);
    assert_int_equal(counts.foreign_blocks, 0);
    assert_int_equal(paper.found_count, 2);
    assert_found(0, 0x52000, 0x73000);
    assert_found(1, 0x73000, 0x78000);
}

/* Since 2.43 the size leaves out the last 16 bytes, and the word before it has a flag for huge
 * pages. */
static void mmapped_chunks_of_newer_releases(void **state)
{
    put_map(ANONYMOUS_LINE);
    put_memory(0x50000, 0x40000);
    put_chunk(0x52000, 0x20ff0 | 2);
    put_word(0x74ff0, 0x1ff0 | 1);
    put_chunk(0x74ff0, 0x3000 | 2);
    put_block(0x52010, 0x20000);
    put_block(0x75000, 0x2000);
    assert_int_equal(find(0).mmapped, 2);
    assert_found(0, 0x52000, 0x73000);
    assert_found(1, 0x73000, 0x78000);
    put_chunk(0x52000, 0x20fe0 | 2); /* of none: what follows in its mapping is foreign, too */
    assert_int_equal(find(0).mmapped, 0);
}

static void main_arena_outside_of_the_heap(void **state)
{
    put_map(ANONYMOUS_LINE "a0000-a2000 rw-p 00000000 fe:00 9 /lib/libc.so.6\n");
    put_memory(0x50000, 0x40000);
    put_memory(0xa0000, 0x2000);
    put_main_arena(0xa0200, 0x60070, 0);
    put_chunk(0x60000, 0x20 | 1); /* 50000 … 60000 is someone else's, as is 80000 … */
    put_chunk(0x60020, 0x50 | 1);
    put_chunk(0x60070, 0x1ff90 | 1);
    put_block(0x60030, 0x48);
    assert_int_equal(find(0).runs, 1);
    assert_int_equal(paper.found_count, 2);
    assert_found(1, 0x60000, 0x80000);
}

static void foreign_block_takes_its_mapping_with_it(void **state)
{
    put_map(ANONYMOUS_LINE "b0000-b4000 rw-p 00000000 fe:00 9 /bin/x\n");
    put_memory(0x50000, 0x40000);
    put_memory(0xb0000, 0x4000);
    put_block(0x60000, 24);
    put_block(0x60100, 24);
    put_block(0xb1000, 24);
    put_block(0xb1020, 0);
    put_block(0xf0000, 24); /* nowhere */
    struct glibc_heap_counts counts = find(0);
    assert_int_equal(counts.foreign_blocks, 3);
    assert_int_equal(paper.found_count, 3);
    assert_found(0, 0x50000, 0x90000);
    assert_found(1, 0xb1000, 0xb1018);
    assert_found(2, 0xb1020, 0xb1021);
}

static void other_allocators_marks_mean_nothing(void **state)
{
    put_map(HEAP_LINE ANONYMOUS_LINE);
    put_simple_heap(0x31000);
    put_memory(0x50000, 0x40000);
    put_chunk(0x52000, 0x21000 | 2);
    put_block(0x52010, 0x20000);
    assert_int_equal(find(1).foreign_blocks, 2);
    assert_int_equal(paper.found_count, 2);
    assert_found(0, 0x10000, 0x31000);
    assert_found(1, 0x50000, 0x90000);
}

/* --- this process -------------------------------------------------------- */

static struct memory_reader reader;

static size_t read_here(void *context, uint64_t address, void *buffer, size_t length)
{
    return memory_read(context, address, buffer, length);
}

static int is_found(const void *address)
{
    for (size_t i = 0; i < paper.found_count; i++)
        if ((uintptr_t)address >= paper.found[i].begin && (uintptr_t)address < paper.found[i].end)
            return 1;
    return 0;
}

#define EACH 300
static void *kept[3 * EACH];
static void *freed[2 * EACH];

static size_t some_size(int i)
{
    return i % 50 == 0 ? 600000 + (size_t)i * 100 : 1 + (size_t)(i * 37 % 3000);
}

static void *allocate_in_a_thread(void *argument)
{
    (void)argument;
    for (int i = 0; i < EACH; i++) {
        kept[i] = i % 9 ? malloc(some_size(i)) : aligned_alloc(8192, some_size(i));
        freed[i] = malloc(900 + (size_t)i); /* above tcache's sizes too */
    }
    for (int i = 0; i < EACH; i++)
        free(freed[i]);
    return NULL;
}

static int by_address(const void *a, const void *b)
{
    uint64_t x = ((const struct trace_block *)a)->where;
    uint64_t y = ((const struct trace_block *)b)->where;
    return (x > y) - (x < y);
}

static size_t list_blocks(struct trace_block *blocks)
{
    size_t count = 0;
    for (size_t i = 0; i < 3 * EACH; i++)
        if (kept[i])
            blocks[count++] = (struct trace_block){.where = (uintptr_t)kept[i],
                                                   .what = malloc_usable_size(kept[i])};
    qsort(blocks, count, sizeof *blocks, by_address);
    return count;
}

static int initialised = 4711; /* .data */

static void own_process(void **state)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip();
#endif
    static struct trace_block blocks[3 * EACH];
    struct memory_map map;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, allocate_in_a_thread, NULL), 0);
    pthread_join(thread, NULL);
    uint64_t *of_the_program = NULL, *above_the_top;
    for (int i = 0; i < EACH; i++) {
        kept[EACH + i] = malloc(some_size(i));
        freed[EACH + i] = malloc(900 + (size_t)i);
        if (i == EACH / 2)
            of_the_program = sbrk(4000);
    }
    for (int i = 0; i < EACH; i++) /* room for many that makes the arena pass the foreign memory */
        kept[2 * EACH + i] = malloc(2000);
    for (int i = 0; i < EACH; i++)
        free(freed[EACH + i]);
    above_the_top = sbrk(5000);
    above_the_top[300] = 0x21;
    memset(of_the_program, 0x31, 4000);
    char *mapped = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_int_equal(memory_read_open(&reader), 0);
    assert_int_equal(memory_map_load(&map), 0);
    struct glibc_heap_world world = {
        .map = &map,
        .blocks = blocks,
        .count = list_blocks(blocks),
        .context = &reader,
        .read = read_here,
        .found = note,
    };
    struct glibc_heap_counts counts = glibc_heap_find(&world);
    memory_read_close(&reader);
    assert_int_equal(counts.main_arenas, 1);
    assert_int_equal(counts.main_arenas_whole, 1);
    assert_int_equal(counts.runs, 2);
    assert_in_range(counts.heaps, 1, 3);
    assert_in_range(counts.mmapped, 6, 40);
    assert_int_equal(counts.foreign_blocks, 0);
    for (int i = 0; i < 3 * EACH; i++)
        assert_true(is_found(kept[i]));
    for (int i = 0; i < 2 * EACH; i++)
        assert_true(is_found(freed[i]));
    for (int i = 0; i < 4000; i++)
        assert_false(is_found((char *)of_the_program + i));
    for (int i = 0; i < 5000; i++)
        assert_false(is_found((char *)above_the_top + i));
    assert_false(is_found(mapped));
    assert_false(is_found(&initialised));
    assert_false(is_found(&map));
    assert_false(is_found((void *)&stdout));
    for (int i = 0; i < 3 * EACH; i++)
        free(kept[i]);
    munmap(mapped, 1 << 20);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, clear_paper, clear_paper)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(heap_is_one_run_to_its_end),
        CASE(heap_without_live_blocks),
        CASE(brk_memory_of_the_program_alone),
        CASE(sbrk_above_the_top_is_the_programs),
        CASE(sbrk_between_two_runs_is_the_programs),
        CASE(bss_in_the_heap_line_is_the_programs),
        CASE(overwritten_size_does_not_end_the_run),
        CASE(full_bins_are_told_too_and_chance_is_not),
        CASE(main_arena_begins_where_its_ring_says),
        CASE(bins_in_use_are_told_by_their_chunks),
        CASE(heaps_are_found_by_shape),
        CASE(other_64_mib_mappings_are_no_heaps),
        CASE(hole_or_file_behind_is_no_heap),
        CASE(block_of_a_heap_that_makes_no_sense),
        CASE(mmapped_chunks),
        CASE(mmapped_chunks_of_newer_releases),
        CASE(main_arena_outside_of_the_heap),
        CASE(foreign_block_takes_its_mapping_with_it),
        CASE(other_allocators_marks_mean_nothing),
        CASE(own_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
