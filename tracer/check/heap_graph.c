#include "check/heap_graph.h"

#include "check/heap_graph_roots.h"
#include "log/trace_log.h"
#include "log/trace_log_stream.h"
#include "os/pages.h"

#define OUT_BYTES   16384u
#define POINTER_MAX 32u          /* bytes that one takes */
#define GRAPH_MAX   (1ull << 34) /* bytes; 3,000 million pointers or so */
#define FIRSTS      256u         /* first words that wait for the pointers before them */
#define FILE_PAGES  256u         /* pages of which it is known what is mapped there */

/* What the check's child says to its parent. */
struct heap_graph_result {
    uint64_t pointer_bytes;
    uint64_t roots_at;
    uint64_t roots;
    uint64_t lost;
    uint32_t is_whole; /* stored last */
};

static struct {
    struct trace_log_stream stream;
    struct heap_graph_result *result;
    uint64_t written;
    uint8_t out[OUT_BYTES + POINTER_MAX];
    size_t out_size;
    bool full;
    bool in_blocks;
    uint64_t at;     /* of the pointer before: where it stood, in words */
    uint32_t holder; /* in which block */
    uint32_t target;
    struct reach *reach;
    struct {
        uint32_t index;
        uint64_t word;
    } firsts[FIRSTS];
    uint32_t firsts_begin, firsts_end;
    uint64_t first; /* the first word before */
    uint64_t file_pages[FILE_PAGES];
} graph;

/* --- writing ------------------------------------------------------------- */

static void put_number(uint64_t number)
{
    uint8_t *to = &graph.out[graph.out_size];
    for (; number >= 0x80; number >>= 7)
        *to++ = (uint8_t)(number | 0x80);
    *to++ = (uint8_t)number;
    graph.out_size = (size_t)(to - graph.out);
}

static uint64_t signed_number(int64_t number)
{
    return number < 0 ? ~((uint64_t)number << 1) : (uint64_t)number << 1;
}

static void flush(void)
{
    if (!graph.full &&
        !trace_log_stream_write(&graph.stream, graph.written, graph.out, graph.out_size))
        graph.full = true;
    if (!graph.full)
        graph.written += graph.out_size;
    graph.out_size = 0;
}

/* Behind whole pointers only: what was written is a table at every such moment. */
static void flush_full(void)
{
    if (graph.out_size >= OUT_BYTES)
        flush();
}

static void put_target(uint32_t index, uint64_t offset)
{
    put_number(signed_number((int64_t)index - graph.target));
    graph.target = index;
    if (offset)
        put_number(offset);
    flush_full();
}

static void put_in_root(uint64_t at, uint32_t index, uint64_t offset)
{
    int64_t step = (int64_t)(at / 8 - graph.at);
    if (step == 0)
        return;
    put_number(signed_number(step) << 1 | (offset != 0));
    graph.at = at / 8;
    put_target(index, offset);
}

/* -1 and 0 do not meet: the first step is at least 1. */
static void put_in_block(const struct reach_pointer *pointer, uint64_t offset)
{
    uint64_t start = trace_block_address(graph.reach->blocks[pointer->holder].where);
    uint64_t place = pointer->at / 8 - start / 8;
    uint32_t step = pointer->holder - graph.holder;
    put_number((uint64_t)step << 2 | (offset ? TRACE_POINTER_TO_INSIDE : TRACE_POINTER_TO_START));
    put_number(step ? place : place - graph.at);
    graph.holder = pointer->holder;
    graph.at = place;
    put_target(pointer->index, offset);
}

static void put_first(uint32_t index, uint64_t word)
{
    put_number((uint64_t)(index - graph.holder) << 2 | TRACE_POINTER_TO_MODULE);
    put_number(signed_number((int64_t)(word - graph.first) / 8));
    graph.holder = index;
    graph.first = word;
    graph.at = 0;
    flush_full();
}

/* Those of blocks up to this one. */
static void put_firsts(uint32_t until)
{
    while (graph.firsts_begin < graph.firsts_end &&
           graph.firsts[graph.firsts_begin].index <= until) {
        put_first(graph.firsts[graph.firsts_begin].index, graph.firsts[graph.firsts_begin].word);
        graph.firsts_begin++;
    }
}

static void begin_blocks(void)
{
    graph.in_blocks = true;
    graph.holder = UINT32_MAX;
    put_number(0);
}

/* Of a pointer to a start the block's record need not be fetched from memory. */
static uint64_t offset_in_target(const struct reach_pointer *pointer)
{
    if (!pointer->interior)
        return 0;
    return pointer->word - trace_block_address(graph.reach->blocks[pointer->index].where);
}

static void tell(void *context, const struct reach_pointer *pointer)
{
    (void)context;
    if (graph.full) {
        graph.result->lost++;
        return;
    }
    if (pointer->holder == REACH_NO_BLOCK)
        put_in_root(pointer->at, pointer->index, offset_in_target(pointer));
    else {
        put_firsts(pointer->holder);
        put_in_block(pointer, offset_in_target(pointer));
    }
}

/* Is it an address in a file's pages that hold no code? Most blocks begin with one of a few
 * hundred such, or with what is no address. */
static bool is_in_file(uint64_t word)
{
    uint64_t page = word / TRACE_PAGE_SIZE, *known = &graph.file_pages[page % FILE_PAGES];
    if (word % 8 || page == 0 || word >> 47)
        return false;
    if (*known >> 1 != page) {
        unsigned file = reach_world_file_at(&graph.reach->world, word);
        *known = page << 1 | (file & REACH_FILE_READABLE && !(file & REACH_FILE_EXECUTABLE));
    }
    return *known & 1;
}

/* Pointers are told in batches: this block's, and those of some before it, come later. */
static void tell_first(void *context, uint32_t index, uint64_t word)
{
    (void)context;
    if (graph.full || !is_in_file(word))
        return;
    if (graph.firsts_end == FIRSTS) {
        reach_tell_now(graph.reach);
        put_firsts(index);
        graph.firsts_begin = graph.firsts_end = 0;
    }
    graph.firsts[graph.firsts_end].index = index;
    graph.firsts[graph.firsts_end++].word = word;
}

/* --- one check ----------------------------------------------------------- */

void heap_graph_prepare(const struct stopped_thread *here)
{
    heap_graph_roots_prepare(here);
}

void heap_graph_begin(const struct stopped_thread *here, const struct stopped_world *world)
{
    if (!graph.result)
        graph.result = pages_map_shared(sizeof *graph.result);
    if (graph.result && heap_graph_roots_begin(here, world))
        trace_log_stream_begin(&graph.stream, GRAPH_MAX);
}

bool heap_graph_open(struct reach *reach)
{
    if (graph.stream.begin == graph.stream.end)
        return false;
    *graph.result = (struct heap_graph_result){0};
    graph.written = graph.out_size = graph.at = graph.target = 0;
    graph.firsts_begin = graph.firsts_end = 0;
    graph.first = 0;
    graph.full = graph.in_blocks = false;
    graph.reach = reach;
    reach_tell_begin(reach, tell, NULL);
    return true;
}

uint64_t heap_graph_thread(const struct stopped_thread *thread, struct program_memory *memory)
{
    return heap_graph_roots_thread(thread, memory);
}

static uint32_t mapping_use(const struct mapping *mapping)
{
    if (mapping && mapping->flags & MAPPING_SHARED)
        return TRACE_MAPPED_SHARED;
    return mapping && mapping->flags & MAPPING_FILE ? TRACE_MAPPED_FILE : TRACE_MAPPED_PRIVATE;
}

void heap_graph_mapping(const struct mapping *mapping, uint64_t begin, uint64_t end)
{
    heap_graph_roots_add(&(struct trace_root){
        .kind = TRACE_ROOT_MAPPING, .begin = begin, .end = end, .value = mapping_use(mapping)});
}

void heap_graph_region(uint64_t begin, uint64_t end)
{
    heap_graph_roots_add(
        &(struct trace_root){.kind = TRACE_ROOT_REGION, .begin = begin, .end = end});
}

/* One use has two addresses, in turn: a step of 0 would end the roots. */
void heap_graph_in_use(uint32_t index, enum trace_use use)
{
    uint64_t at = TRACE_ROOT_IN_USE + 8 * (uint64_t)use;
    if (graph.full) {
        graph.result->lost++;
        return;
    }
    if (graph.at == at / 8)
        at += 16;
    put_in_root(at, index, 0);
}

static void write_roots(void)
{
    size_t count;
    uint64_t lost;
    const struct trace_root *roots = heap_graph_roots_all(&count, &lost);
    graph.result->lost += lost;
    graph.result->roots_at = (graph.written + TRACE_PAGE_SIZE - 1) & ~(TRACE_PAGE_SIZE - 1ull);
    if (trace_log_stream_write(&graph.stream, graph.result->roots_at, roots, count * sizeof *roots))
        graph.result->roots = count;
    else
        graph.result->lost += count;
}

void heap_graph_close(struct reach *reach)
{
    begin_blocks();
    reach_tell_blocks(reach, tell_first);
    put_firsts(UINT32_MAX);
    flush();
    graph.result->pointer_bytes = graph.written;
    write_roots();
    /* Release: whoever finds it finished finds the rest. */
    __atomic_store_n(&graph.result->is_whole, 1, __ATOMIC_RELEASE);
}

void heap_graph_end(void)
{
    const struct heap_graph_result *result = graph.result;
    uint64_t used = 0;
    if (!result || graph.stream.begin == graph.stream.end)
        return;
    if (__atomic_load_n(&result->is_whole, __ATOMIC_ACQUIRE)) {
        used = result->roots_at + result->roots * sizeof(struct trace_root);
        trace_log_stream_list(&graph.stream, TRACE_POINTERS, 0, result->pointer_bytes);
        trace_log_stream_list(&graph.stream, TRACE_ROOTS, result->roots_at,
                              result->roots * sizeof(struct trace_root));
        trace_log_lose(&trace_log_header->losses.pointers, result->lost);
    }
    trace_log_stream_end(&graph.stream, used);
}
