#include "reach.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define WORD  8u
#define CHUNK (64u * 1024) /* bytes of memory read at a time */

/* In verdict.reserved while the check runs: the block is on the stack or in `ahead`. */
#define WAITS 1u

/* An unreached block counts as definitely lost from the start: what remains so is a head. */
#define UNREACHED TRACE_DEFINITELY_LOST

static uint64_t block_start(const struct trace_verdict *block)
{
    return trace_block_address(block->where);
}

static uint64_t block_size(const struct reach *reach, const struct trace_verdict *block)
{
    uint64_t size = trace_block_size(block->what);
    if (size == TRACE_SIZE_ELSEWHERE && reach->world.large_size)
        size = reach->world.large_size(reach->world.context, block_start(block));
    return size;
}

size_t reach_scratch_size(size_t n)
{
    return CHUNK + address_index_size(n) + n * sizeof(uint32_t);
}

/* --- what a pointer means --------------------------------------------------------------------- */

/* What excuses a pointer into the block, if anything does. */
static enum trace_heuristic find_excuse(const struct reach *reach,
                                        const struct trace_verdict *block, uint64_t pointer)
{
    return heuristic_find(&reach->world, reach->heuristics, block_start(block),
                          block_size(reach, block), pointer);
}

static void push(struct reach *reach, uint32_t index)
{
    struct trace_verdict *block = &reach->blocks[index];
    if (block->reserved & WAITS)
        return;
    block->reserved |= WAITS;
    reach->stack[reach->depth++] = index;
}

static void settle(struct trace_verdict *block, enum trace_leak_kind kind, uint64_t at,
                   bool interior, enum trace_heuristic heuristic)
{
    block->kind = (uint8_t)kind;
    block->pointer_at = at;
    block->interior = interior;
    block->heuristic = (uint8_t)heuristic;
}

/* A pointer to the start needs no excuse any more. */
static void drop_excuse(struct trace_verdict *block, uint64_t at, bool interior)
{
    if (block->heuristic != TRACE_NO_HEURISTIC && !interior)
        settle(block, TRACE_REACHABLE, at, false, TRACE_NO_HEURISTIC);
}

/* Marking: a block rises from unreached to possible to reachable, and is scanned anew each time
 * that it rises, since what it points to may rise with it. */
static void mark(struct reach *reach, uint32_t index, const struct reach_pointer *pointer)
{
    struct trace_verdict *block = &reach->blocks[index];
    bool interior = pointer->word != block_start(block);
    if (block->kind == TRACE_REACHABLE) {
        drop_excuse(block, pointer->at, interior);
        return;
    }
    if (block->kind == TRACE_POSSIBLY_LOST && !pointer->sure)
        return;
    enum trace_heuristic excuse = TRACE_NO_HEURISTIC;
    if (interior && pointer->sure)
        excuse = find_excuse(reach, block, pointer->word);
    if (pointer->sure && (!interior || excuse))
        settle(block, TRACE_REACHABLE, pointer->at, interior, excuse);
    else if (block->kind == UNREACHED)
        settle(block, TRACE_POSSIBLY_LOST, pointer->at, interior, TRACE_NO_HEURISTIC);
    else
        return;
    push(reach, index);
}

/* Gathering what hangs on a head: whatever nobody has reached, earlier heads among it. Here a
 * pointer into a block is as good as one to its start. */
static void gather(struct reach *reach, uint32_t index, const struct reach_pointer *pointer)
{
    struct trace_verdict *block = &reach->blocks[index];
    if (block->kind != UNREACHED)
        return;
    bool interior = pointer->word != block_start(block);
    if (index == reach->holder) {
        if (!block->pointer_at)
            settle(block, UNREACHED, pointer->at, interior, TRACE_NO_HEURISTIC);
        return;
    }
    settle(block, TRACE_INDIRECTLY_LOST, pointer->at, interior, TRACE_NO_HEURISTIC);
    block->head = reach->holder;
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

/* Follows the pointer that has waited longest. */
static void follow(struct reach *reach)
{
    const struct reach_pointer *pointer = &reach->coming[reach->coming_first];
    reach->coming_first = (reach->coming_first + 1) % REACH_COMING;
    reach->coming_count--;
    uint32_t index = address_index_at(&reach->index, pointer->near, pointer->word);
    const struct trace_verdict *block = &reach->blocks[index];
    uint64_t size = block_size(reach, block);
    if (pointer->word - block_start(block) >= (size ? size : 1))
        return;
    if (reach->phase == REACH_MARKING)
        mark(reach, index, pointer);
    else if (reach->phase == REACH_GATHERING)
        gather(reach, index, pointer);
    else
        check_pointer(reach, index, pointer->word);
}

static void follow_all(struct reach *reach)
{
    while (reach->coming_count)
        follow(reach);
}

static void expect(struct reach *reach, uint64_t word, uint64_t at)
{
    if (reach->coming_count == REACH_COMING)
        follow(reach);
    uint32_t place = (reach->coming_first + reach->coming_count++) % REACH_COMING;
    uint32_t near = address_index_near(&reach->index, word);
    reach->coming[place] = (struct reach_pointer){word, at, near, reach->sure};
}

/* --- scanning --------------------------------------------------------------------------------- */

/* Most words are no pointers to the heap: the one comparison here is what they cost. */
static void scan_words(struct reach *reach, const uint64_t *words, size_t count, uint64_t at,
                       uint64_t step)
{
    uint64_t lowest = reach->lowest, span = reach->span;
    for (size_t k = 0; k < count; k++)
        if (words[k] - lowest < span)
            expect(reach, words[k], at + k * step);
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

/* The next block to scan. Those that come up next are fetched from memory meanwhile: the marking
 * of a large heap waits for memory more than for anything else. */
static bool take_next(struct reach *reach, uint32_t *index)
{
    while (reach->ahead_count < REACH_AHEAD && reach->depth) {
        uint32_t next = reach->stack[--reach->depth];
        __builtin_prefetch((const void *)(uintptr_t)block_start(&reach->blocks[next]));
        reach->ahead[(reach->ahead_first + reach->ahead_count++) % REACH_AHEAD] = next;
    }
    if (reach->ahead_count == 0)
        return false;
    *index = reach->ahead[reach->ahead_first];
    reach->ahead_first = (reach->ahead_first + 1) % REACH_AHEAD;
    reach->ahead_count--;
    return true;
}

/* A block stops waiting before it is scanned, for it may rise and have to be scanned again. */
static void scan_block(struct reach *reach, uint32_t index)
{
    struct trace_verdict *block = &reach->blocks[index];
    uint64_t start = block_start(block);
    block->reserved &= (uint8_t)~WAITS;
    reach->sure = block->kind != TRACE_POSSIBLY_LOST;
    scan_memory(reach, start, start + block_size(reach, block));
}

/* Scans and follows until nothing waits. */
static void drain(struct reach *reach)
{
    uint32_t index;
    while (true) {
        if (take_next(reach, &index))
            scan_block(reach, index);
        else if (reach->coming_count)
            follow(reach);
        else
            return;
    }
}

/* --- the check's course ----------------------------------------------------------------------- */

/* Makes every block unreached. */
static int reset_blocks(struct trace_verdict *blocks, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (k > 0 && block_start(&blocks[k - 1]) >= block_start(&blocks[k]))
            return -EINVAL;
        settle(&blocks[k], UNREACHED, 0, false, TRACE_NO_HEURISTIC);
        blocks[k].head = TRACE_VERDICT_NONE;
        blocks[k].reserved = 0;
    }
    return 0;
}

int reach_begin(struct reach *reach, const struct reach_world *world, struct trace_verdict *blocks,
                size_t n, unsigned heuristics, void *scratch)
{
    if (n > REACH_BLOCKS_MAX || reset_blocks(blocks, n))
        return -EINVAL;
    memset(reach, 0, sizeof *reach);
    reach->world = *world;
    reach->blocks = blocks;
    reach->n = (uint32_t)n;
    reach->heuristics = heuristics;
    reach->phase = REACH_MARKING;
    reach->sure = true;
    reach->chunk = scratch;
    if (n > 0) {
        uint64_t size = block_size(reach, &blocks[n - 1]);
        reach->lowest = block_start(&blocks[0]);
        reach->span = block_start(&blocks[n - 1]) + (size ? size : 1) - reach->lowest;
        reach->stack =
            address_index_build(&reach->index, blocks, reach->n, reach->chunk + CHUNK / WORD);
    }
    return 0;
}

void reach_scan_roots(struct reach *reach, uint64_t begin, uint64_t end)
{
    if (reach->n > 0)
        scan_memory(reach, begin, end);
    follow_all(reach);
}

void reach_scan_words(struct reach *reach, const uint64_t *words, size_t count)
{
    scan_words(reach, words, count, REACH_IN_REGISTER, 0);
    follow_all(reach);
}

int reach_mark_block(struct reach *reach, uint64_t address)
{
    if (address - reach->lowest >= reach->span)
        return -ENOENT;
    uint32_t index = address_index_find(&reach->index, address);
    struct trace_verdict *block = &reach->blocks[index];
    if (block_start(block) != address)
        return -ENOENT;
    if (block->kind != TRACE_REACHABLE) {
        settle(block, TRACE_REACHABLE, REACH_IN_USE, false, TRACE_NO_HEURISTIC);
        push(reach, index);
    }
    return 0;
}

static void gather_lost(struct reach *reach)
{
    reach->phase = REACH_GATHERING;
    for (uint32_t k = 0; k < reach->n; k++)
        if (reach->blocks[k].kind == UNREACHED) {
            reach->holder = k;
            push(reach, k);
            drain(reach);
        }
}

/* The head that took over the block's head in the end. On the way every head's own record is
 * brought up to date, so that a long row of take-overs is walked once. */
static uint32_t last_head(struct trace_verdict *blocks, uint32_t head)
{
    uint32_t last = head;
    while (blocks[last].kind == TRACE_INDIRECTLY_LOST)
        last = blocks[last].head;
    while (head != last) {
        uint32_t next = blocks[head].head;
        blocks[head].head = last;
        head = next;
    }
    return last;
}

void reach_finish(struct reach *reach)
{
    drain(reach);
    gather_lost(reach);
    for (uint32_t k = 0; k < reach->n; k++)
        if (reach->blocks[k].kind == TRACE_INDIRECTLY_LOST)
            reach->blocks[k].head = last_head(reach->blocks, reach->blocks[k].head);
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
        follow_all(reach);
    }
    *address = reach->violation_at;
    return reach->violation;
}
