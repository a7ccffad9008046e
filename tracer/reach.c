#include "reach.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define WORD  8u
#define CHUNK (64u * 1024) /* bytes of memory read at a time */

/* In a block's state, beside its kind. */
#define KIND    3u
#define WAITS   4u /* it is on the stack or in `ahead` */
#define EXCUSED 8u /* reachable by a heuristic only */

/* An unreached block counts as definitely lost from the start: what remains so is a head. */
#define UNREACHED TRACE_DEFINITELY_LOST

static uint64_t block_start(const struct trace_verdict *block)
{
    return trace_block_address(block->where);
}

static uint64_t block_size(const struct reach *reach, const struct trace_verdict *block)
{
    uint64_t size = trace_block_size(block->what);
    return size ? address_sizes_of(&reach->sizes, block) : 0;
}

static enum trace_leak_kind kind_of(const struct reach *reach, uint32_t index)
{
    return (enum trace_leak_kind)(reach->states[index] & KIND);
}

/* --- what a pointer means --------------------------------------------------------------------- */

/* A pointer to somewhere in a block. */
struct pointer {
    uint64_t word;
    uint64_t at;   /* where it stands */
    bool interior; /* not to the start */
};

/* What excuses a pointer into the block, if anything does. */
static enum trace_heuristic find_excuse(const struct reach *reach,
                                        const struct trace_verdict *block, uint64_t pointer)
{
    return heuristic_find(&reach->world, reach->heuristics, block_start(block),
                          block_size(reach, block), pointer);
}

static void push(struct reach *reach, uint32_t index)
{
    if (reach->states[index] & WAITS)
        return;
    reach->states[index] |= WAITS;
    reach->stack[reach->depth++] = index;
}

static void settle(struct reach *reach, uint32_t index, enum trace_leak_kind kind,
                   const struct pointer *pointer, enum trace_heuristic heuristic)
{
    struct trace_verdict *block = &reach->blocks[index];
    uint8_t waits = reach->states[index] & WAITS;
    reach->states[index] = (uint8_t)(kind | waits | (heuristic ? EXCUSED : 0));
    block->pointer_at = pointer->at;
    block->interior = pointer->interior;
    block->heuristic = (uint8_t)heuristic;
}

/* Marking: a block rises from unreached to possible to reachable, and is scanned anew each time
 * that it rises, since what it points to may rise with it. */
static void rise(struct reach *reach, uint32_t index, const struct pointer *pointer)
{
    enum trace_heuristic excuse = TRACE_NO_HEURISTIC;
    if (reach->sure && pointer->interior)
        excuse = find_excuse(reach, &reach->blocks[index], pointer->word);
    if (reach->sure && (!pointer->interior || excuse))
        settle(reach, index, TRACE_REACHABLE, pointer, excuse);
    else if (kind_of(reach, index) == UNREACHED)
        settle(reach, index, TRACE_POSSIBLY_LOST, pointer, TRACE_NO_HEURISTIC);
    else
        return;
    push(reach, index);
}

/* A pointer to the start needs no excuse any more. */
static void mark(struct reach *reach, uint32_t index, const struct pointer *pointer)
{
    uint8_t state = reach->states[index];
    if ((state & KIND) == UNREACHED || ((state & KIND) == TRACE_POSSIBLY_LOST && reach->sure))
        rise(reach, index, pointer);
    else if (state & EXCUSED && !pointer->interior)
        settle(reach, index, TRACE_REACHABLE, pointer, TRACE_NO_HEURISTIC);
}

/* Gathering what hangs on a head: whatever nobody has reached. Here a pointer into a block is as
 * good as one to its start. An unreached block below the head is an earlier head: it is taken over,
 * but not scanned again, since nothing under it leads to an unreached block but itself. */
static void gather(struct reach *reach, uint32_t index, const struct pointer *pointer)
{
    if (kind_of(reach, index) != UNREACHED)
        return;
    if (index == reach->holder) {
        if (!reach->blocks[index].pointer_at)
            settle(reach, index, UNREACHED, pointer, TRACE_NO_HEURISTIC);
        return;
    }
    settle(reach, index, TRACE_INDIRECTLY_LOST, pointer, TRACE_NO_HEURISTIC);
    reach->heads[index] = reach->holder;
    if (index > reach->holder)
        push(reach, index);
}

static void violate(struct reach *reach, const char *sentence, uint32_t index)
{
    if (!reach->violation) {
        reach->violation = sentence;
        reach->violation_at = block_start(&reach->blocks[index]);
    }
}

static void check_pointer(struct reach *reach, uint32_t index, uint64_t pointer)
{
    const struct trace_verdict *from = &reach->blocks[reach->holder];
    const struct trace_verdict *to = &reach->blocks[index];
    if (from->kind == TRACE_DEFINITELY_LOST || from->kind == TRACE_INDIRECTLY_LOST) {
        uint32_t head = from->kind == TRACE_DEFINITELY_LOST ? reach->holder : from->head;
        if (to->kind == TRACE_DEFINITELY_LOST && index != head)
            violate(reach, "a lost block points to a head that is not its own", index);
        return;
    }
    if (to->kind != TRACE_REACHABLE && to->kind != TRACE_POSSIBLY_LOST)
        violate(reach, "a block that is not lost points to a lost one", index);
    if (from->kind == TRACE_REACHABLE && to->kind == TRACE_POSSIBLY_LOST &&
        (pointer == block_start(to) || find_excuse(reach, to, pointer)))
        violate(reach, "a reachable block points surely to a possibly lost one", index);
}

/* Follows a word that lies among the blocks. */
static void follow(struct reach *reach, uint64_t word, uint64_t at)
{
    bool starts;
    uint32_t index = address_index_find(&reach->index, word, &starts);
    if (index == ADDRESS_INDEX_NONE)
        return;
    struct pointer pointer = {word, at, !starts};
    const struct trace_verdict *block = &reach->blocks[index];
    if (!starts && word - block_start(block) >= address_sizes_of(&reach->sizes, block))
        return;
    if (reach->phase == REACH_MARKING)
        mark(reach, index, &pointer);
    else if (reach->phase == REACH_GATHERING)
        gather(reach, index, &pointer);
    else
        check_pointer(reach, index, word);
}

/* --- scanning --------------------------------------------------------------------------------- */

/* Most words are no pointers to the heap: the one comparison here is what they cost. */
static void scan_words(struct reach *reach, const uint64_t *words, size_t count, uint64_t at,
                       uint64_t step)
{
    uint64_t lowest = reach->index.lowest, span = reach->index.span;
    for (size_t k = 0; k < count; k++)
        if (words[k] - lowest < span)
            follow(reach, words[k], at + k * step);
}

/* Bytes scanned of the chunk at `begin`; 0: there is a hole. */
static uint64_t scan_chunk(struct reach *reach, uint64_t begin, uint64_t end)
{
    size_t length = end - begin < CHUNK ? (size_t)(end - begin) : CHUNK;
    const uint64_t *words = reach_world_in_place(&reach->world, begin, length);
    if (!words) {
        long got = reach_world_read(&reach->world, begin, reach->chunk, length);
        if (got < (long)WORD)
            return 0;
        length = (size_t)got / WORD * WORD;
        words = reach->chunk;
    }
    scan_words(reach, words, length / WORD, begin, WORD);
    return length;
}

static void scan_memory(struct reach *reach, uint64_t begin, uint64_t end)
{
    begin = (begin + WORD - 1) / WORD * WORD;
    end = end / WORD * WORD;
    while (begin < end) {
        uint64_t done = scan_chunk(reach, begin, end);
        if (done == 0) {
            uint64_t next = (begin / TRACE_PAGE_SIZE + 1) * TRACE_PAGE_SIZE;
            done = (next < end ? next : end) - begin;
            reach->bytes_not_read += done;
        }
        begin += done;
    }
}

/* Takes a block from the stack, and sends for its record. */
static void come_ahead(struct reach *reach)
{
    uint32_t next = reach->stack[--reach->depth];
    __builtin_prefetch(&reach->blocks[next]);
    reach->ahead[(reach->ahead_first + reach->ahead_count++) % REACH_AHEAD] = next;
}

/* The next block to scan. Those that come up next are fetched from memory meanwhile: the marking
 * of a large heap waits for memory more than for anything else. */
static bool take_next(struct reach *reach, uint32_t *index)
{
    while (reach->ahead_count < REACH_AHEAD && reach->depth)
        come_ahead(reach);
    if (reach->ahead_count == 0)
        return false;
    *index = reach->ahead[reach->ahead_first];
    if (reach->ahead_count > REACH_AHEAD / 2) {
        uint32_t half = reach->ahead[(reach->ahead_first + REACH_AHEAD / 2) % REACH_AHEAD];
        __builtin_prefetch((const void *)(uintptr_t)block_start(&reach->blocks[half]));
    }
    reach->ahead_first = (reach->ahead_first + 1) % REACH_AHEAD;
    reach->ahead_count--;
    return true;
}

static void scan_block(struct reach *reach, uint32_t index)
{
    const struct trace_verdict *block = &reach->blocks[index];
    uint64_t start = block_start(block);
    scan_memory(reach, start, start + block_size(reach, block));
}

/* Scans until nothing waits. A block stops waiting before it is scanned, for it may rise and have
 * to be scanned again. */
static void drain(struct reach *reach)
{
    uint32_t index;
    while (take_next(reach, &index)) {
        reach->states[index] &= (uint8_t)~WAITS;
        reach->sure = kind_of(reach, index) != TRACE_POSSIBLY_LOST;
        scan_block(reach, index);
    }
}

/* --- the check's course ----------------------------------------------------------------------- */

static struct address_sizes sizes_of(const struct reach_world *world)
{
    return (struct address_sizes){world->large_size, world->context};
}

size_t reach_scratch_size(const struct reach_world *world, const struct trace_verdict *blocks,
                          size_t n)
{
    struct address_sizes sizes = sizes_of(world);
    struct address_index index;
    size_t per_block = 2 * sizeof(uint32_t) + sizeof(uint8_t);
    return CHUNK + (n ? address_index_plan(&index, blocks, n, &sizes) : 0) + n * per_block;
}

/* Makes every block unreached. */
static int reset_blocks(struct trace_verdict *blocks, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (k > 0 && block_start(&blocks[k - 1]) >= block_start(&blocks[k]))
            return -EINVAL;
        blocks[k].pointer_at = 0;
        blocks[k].head = TRACE_VERDICT_NONE;
        blocks[k].kind = UNREACHED;
        blocks[k].heuristic = TRACE_NO_HEURISTIC;
        blocks[k].interior = blocks[k].reserved = 0;
    }
    return 0;
}

static void build_index(struct reach *reach)
{
    void *behind = reach->chunk + CHUNK / WORD;
    address_index_plan(&reach->index, reach->blocks, reach->n, &reach->sizes);
    behind = address_index_build(&reach->index, reach->blocks, reach->n, &reach->sizes, behind);
    reach->stack = behind;
    reach->heads = reach->stack + reach->n;
    reach->states = (uint8_t *)(reach->heads + reach->n);
    memset(reach->states, UNREACHED, reach->n);
}

int reach_begin(struct reach *reach, const struct reach_world *world, struct trace_verdict *blocks,
                size_t n, unsigned heuristics, void *scratch)
{
    if (n > REACH_BLOCKS_MAX || reset_blocks(blocks, n))
        return -EINVAL;
    memset(reach, 0, sizeof *reach);
    reach->world = *world;
    reach->sizes = sizes_of(world);
    reach->blocks = blocks;
    reach->n = (uint32_t)n;
    reach->heuristics = heuristics;
    reach->phase = REACH_MARKING;
    reach->sure = true;
    reach->chunk = scratch;
    if (n > 0)
        build_index(reach);
    return 0;
}

void reach_scan_roots(struct reach *reach, uint64_t begin, uint64_t end)
{
    if (reach->n > 0)
        scan_memory(reach, begin, end);
}

void reach_scan_words(struct reach *reach, const uint64_t *words, size_t count)
{
    scan_words(reach, words, count, REACH_IN_REGISTER, 0);
}

int reach_mark_block(struct reach *reach, uint64_t address)
{
    bool starts = false;
    uint32_t index = ADDRESS_INDEX_NONE;
    if (address - reach->index.lowest < reach->index.span)
        index = address_index_find(&reach->index, address, &starts);
    if (!starts)
        return -ENOENT;
    if (kind_of(reach, index) != TRACE_REACHABLE) {
        struct pointer in_use = {address, REACH_IN_USE, false};
        settle(reach, index, TRACE_REACHABLE, &in_use, TRACE_NO_HEURISTIC);
        push(reach, index);
    }
    return 0;
}

static void gather_lost(struct reach *reach)
{
    reach->phase = REACH_GATHERING;
    for (uint32_t k = 0; k < reach->n; k++)
        if (kind_of(reach, k) == UNREACHED) {
            reach->holder = k;
            scan_block(reach, k);
            drain(reach);
        }
}

/* The head that took over the block's head in the end. On the way every head's own entry is
 * brought up to date, so that a long row of take-overs is walked once. */
static uint32_t last_head(struct reach *reach, uint32_t head)
{
    uint32_t last = head;
    while (kind_of(reach, last) == TRACE_INDIRECTLY_LOST)
        last = reach->heads[last];
    while (head != last) {
        uint32_t next = reach->heads[head];
        reach->heads[head] = last;
        head = next;
    }
    return last;
}

void reach_finish(struct reach *reach)
{
    drain(reach);
    gather_lost(reach);
    for (uint32_t k = 0; k < reach->n; k++) {
        reach->blocks[k].kind = (uint8_t)kind_of(reach, k);
        if (reach->blocks[k].kind == TRACE_INDIRECTLY_LOST)
            reach->blocks[k].head = last_head(reach, reach->heads[k]);
    }
}

/* --- verification ----------------------------------------------------------------------------- */

static void check_block(struct reach *reach, uint32_t index)
{
    const struct trace_verdict *blocks = reach->blocks, *block = &blocks[index];
    bool indirect = block->kind == TRACE_INDIRECTLY_LOST;
    if (indirect != (block->head != TRACE_VERDICT_NONE))
        violate(reach, "just the indirectly lost blocks must have a head", index);
    else if (indirect &&
             (block->head >= reach->n || blocks[block->head].kind != TRACE_DEFINITELY_LOST))
        violate(reach, "a head is not definitely lost", index);
    if (block->kind != TRACE_REACHABLE && block->heuristic)
        violate(reach, "a block that is not reachable has a heuristic", index);
    if (block->kind != TRACE_DEFINITELY_LOST && !block->pointer_at)
        violate(reach, "nothing points to a block that is not a head", index);
}

const char *reach_check(struct reach *reach, uint64_t *address)
{
    reach->phase = REACH_CHECKING;
    reach->violation = NULL;
    for (uint32_t k = 0; k < reach->n && !reach->violation; k++) {
        uint64_t start = block_start(&reach->blocks[k]);
        check_block(reach, k);
        reach->holder = k;
        scan_memory(reach, start, start + block_size(reach, &reach->blocks[k]));
    }
    *address = reach->violation_at;
    return reach->violation;
}
