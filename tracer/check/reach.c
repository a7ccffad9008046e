#include "check/reach.h"

#include "check/reach_find.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define WORD  8u
#define CHUNK (16u * 1024) /* bytes of memory read at a time */

#define ASK_FROM 1024u /* blocks: a hypervisor may make a long story of the question */

/* A block's state. */
#define KIND            3u
#define WAITS           4u    /* it is to be scanned */
#define HEURISTIC_SHIFT 3     /* not 0: reachable by a heuristic only */
#define EXCUSED         0x38u /* the heuristic's bits */
#define INTERIOR        0x40u /* the pointer that the verdict names is not to the start */

/* An unreached block counts as definitely lost from the start: what remains so is a head. */
#define UNREACHED TRACE_DEFINITELY_LOST

static uint64_t block_start(const struct trace_block *block)
{
    return trace_block_address(block->where);
}

static uint64_t block_size(const struct reach *reach, const struct trace_block *block)
{
    uint64_t size = trace_block_size(block->what);
    return size ? address_sizes_of(&reach->sizes, block) : 0;
}

static enum trace_leak_kind kind_of(const struct reach *reach, uint32_t index)
{
    return (enum trace_leak_kind)(reach->states[index] & KIND);
}

/* --- what a pointer means ------------------------------------------------ */

/* What excuses a pointer into the block, if anything does. */
static enum trace_heuristic find_excuse(const struct reach *reach, const struct trace_block *block,
                                        uint64_t pointer)
{
    return heuristic_find(&reach->world, reach->heuristics, block_start(block),
                          block_size(reach, block), pointer);
}

static void push(struct reach *reach, uint32_t index)
{
    if (reach->states[index] & WAITS)
        return;
    reach->states[index] |= WAITS;
    if (__builtin_expect(reach->depth < reach->stack_size, 1)) {
        reach->stack[reach->depth++] = index;
        return;
    }
    if (index < reach->waiting_low)
        reach->waiting_low = index;
    if (index > reach->waiting_high)
        reach->waiting_high = index;
}

static void settle(struct reach *reach, uint32_t index, enum trace_leak_kind kind,
                   const struct reach_pointer *pointer, enum trace_heuristic heuristic)
{
    uint8_t waits = reach->states[index] & WAITS;
    reach->states[index] = (uint8_t)(kind | waits | (unsigned)heuristic << HEURISTIC_SHIFT |
                                     (pointer->interior ? INTERIOR : 0));
    reach->pointers[index] = pointer->at;
}

/* Marking: a block rises from unreached to possible to reachable, and is scanned anew each time
 * that it rises, since what it points to may rise with it. */
static void rise(struct reach *reach, uint32_t index, const struct reach_pointer *pointer)
{
    enum trace_heuristic excuse = TRACE_NO_HEURISTIC;
    if (pointer->sure && pointer->interior)
        excuse = find_excuse(reach, &reach->blocks[index], pointer->word);
    if (pointer->sure && (!pointer->interior || excuse))
        settle(reach, index, TRACE_REACHABLE, pointer, excuse);
    else if (kind_of(reach, index) == UNREACHED)
        settle(reach, index, TRACE_POSSIBLY_LOST, pointer, TRACE_NO_HEURISTIC);
    else
        return;
    push(reach, index);
}

/* A pointer to the start needs no excuse any more. */
static void mark(struct reach *reach, uint32_t index, const struct reach_pointer *pointer)
{
    uint8_t state = reach->states[index];
    if ((state & KIND) == UNREACHED || ((state & KIND) == TRACE_POSSIBLY_LOST && pointer->sure))
        rise(reach, index, pointer);
    else if (state & EXCUSED && !pointer->interior)
        settle(reach, index, TRACE_REACHABLE, pointer, TRACE_NO_HEURISTIC);
}

/* Gathering what hangs on a head: whatever nobody has reached. Here a pointer into a block is as
 * good as one to its start. An unreached block below the head is an earlier head: it is taken over,
 * but not scanned again, since nothing under it leads to an unreached block but itself. */
static void gather(struct reach *reach, uint32_t index, const struct reach_pointer *pointer)
{
    if (kind_of(reach, index) != UNREACHED)
        return;
    if (index == pointer->holder) {
        if (!reach->pointers[index])
            settle(reach, index, UNREACHED, pointer, TRACE_NO_HEURISTIC);
        return;
    }
    settle(reach, index, TRACE_INDIRECTLY_LOST, pointer, TRACE_NO_HEURISTIC);
    reach->heads[index] = pointer->holder;
    if (index > pointer->holder)
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
    struct reach_verdict from = reach_verdict_of(reach, reach->holder);
    enum trace_leak_kind to = kind_of(reach, index);
    const struct trace_block *block = &reach->blocks[index];
    if (from.kind == TRACE_DEFINITELY_LOST || from.kind == TRACE_INDIRECTLY_LOST) {
        uint32_t head = from.kind == TRACE_DEFINITELY_LOST ? reach->holder : from.head;
        if (to == TRACE_DEFINITELY_LOST && index != head)
            violate(reach, "a lost block points to a head that is not its own", index);
        return;
    }
    if (to != TRACE_REACHABLE && to != TRACE_POSSIBLY_LOST)
        violate(reach, "a block that is not lost points to a lost one", index);
    if (from.kind == TRACE_REACHABLE && to == TRACE_POSSIBLY_LOST &&
        (pointer == block_start(block) || find_excuse(reach, block, pointer)))
        violate(reach, "a reachable block points surely to a possibly lost one", index);
}

/* A pointer to a start needs no look at the record to know that it is one. */
static void follow(struct reach *reach, const struct reach_pointer *pointer)
{
    const struct trace_block *block = &reach->blocks[pointer->index];
    if (pointer->interior &&
        pointer->word - block_start(block) >= address_sizes_of(&reach->sizes, block))
        return;
    if (reach->phase == REACH_MARKING)
        mark(reach, pointer->index, pointer);
    else if (reach->phase == REACH_GATHERING)
        gather(reach, pointer->index, pointer);
    else if (reach->phase == REACH_TELLING)
        reach->tell(reach->tell_context, pointer);
    else
        check_pointer(reach, pointer->index, pointer->word);
}

/* --- pointers on their way ----------------------------------------------- */

/* Leaves out those that change nothing, wherever in their block they lead: most of them. */
static void leave_settled(struct reach *reach)
{
    uint32_t count = reach->left_count;
    reach->left_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct reach_pointer *pointer = &reach->coming[reach->left[i]];
        unsigned open = EXCUSED | (pointer->sure ? KIND : KIND & ~(unsigned)TRACE_POSSIBLY_LOST);
        reach->left[reach->left_count] = reach->left[i];
        reach->left_count += (reach->states[pointer->index] & open) != 0;
    }
}

static void prefetch_content(const struct reach *reach, uint32_t index)
{
    __builtin_prefetch((const void *)(uintptr_t)block_start(&reach->blocks[index]));
}

/* Sends for what following them reads and writes: the block's record, and its first words for the
 * heuristics. */
static void fetch_left(const struct reach *reach)
{
    for (uint32_t i = 0; i < reach->left_count; i++) {
        const struct reach_pointer *pointer = &reach->coming[reach->left[i]];
        __builtin_prefetch(&reach->pointers[pointer->index], 1);
        if (pointer->interior)
            __builtin_prefetch(&reach->blocks[pointer->index]);
    }
    for (uint32_t i = 0; i < reach->left_count; i++) {
        const struct reach_pointer *pointer = &reach->coming[reach->left[i]];
        if (pointer->interior && pointer->sure)
            prefetch_content(reach, pointer->index);
    }
}

/* Follows all that wait; false: none did. */
static bool follow_all(struct reach *reach)
{
    if (reach->coming_count == 0)
        return false;
    reach_find(reach);
    if (reach->phase == REACH_MARKING)
        leave_settled(reach);
    fetch_left(reach);
    reach->coming_count = 0;
    for (uint32_t i = 0; i < reach->left_count; i++)
        follow(reach, &reach->coming[reach->left[i]]);
    return true;
}

static void follow_at_once(struct reach *reach, uint64_t word, uint64_t at)
{
    bool starts;
    uint32_t index = address_index_find(&reach->index, word, &starts);
    struct reach_pointer pointer = {.word = word,
                                    .at = at,
                                    .holder = reach->holder,
                                    .index = index,
                                    .interior = !starts,
                                    .sure = reach->sure};
    if (index != ADDRESS_INDEX_NONE)
        follow(reach, &pointer);
}

/* --- scanning ------------------------------------------------------------ */

/* Takes up the words that lie among the blocks, of as many as there is space for. */
static void take_words(struct reach *reach, const uint64_t *words, size_t count, uint64_t at,
                       uint64_t step)
{
    uint64_t lowest = reach->index.lowest, span = reach->index.span;
    struct reach_pointer *first = &reach->coming[reach->coming_count], *next = first;
    for (size_t k = 0; k < count; k++) {
        next->word = words[k];
        next->at = at + k * step;
        next += words[k] - lowest < span;
    }
    reach->coming_count += (uint32_t)(next - first);
    for (; first < next; first++) {
        first->holder = reach->holder;
        first->sure = reach->sure;
    }
}

static void scan_words(struct reach *reach, const uint64_t *words, size_t count, uint64_t at,
                       uint64_t step)
{
    for (size_t k = 0, n; k < count; k += n) {
        size_t space = REACH_COMING - reach->coming_count;
        n = count - k < space ? count - k : space;
        take_words(reach, words + k, n, at + k * step, step);
        if (reach->coming_count == REACH_COMING)
            follow_all(reach);
    }
}

/* Gathering: those that cannot wait do not. */
static void scan_words_of_head(struct reach *reach, const uint64_t *words, size_t count,
                               uint64_t at)
{
    uint64_t lowest = reach->index.lowest, span = reach->index.span;
    for (size_t k = 0; k < count; k++)
        if (words[k] - lowest >= span)
            continue;
        else if (words[k] >= reach->urgent)
            follow_at_once(reach, words[k], at + k * WORD);
        else
            scan_words(reach, &words[k], 1, at + k * WORD, WORD);
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
    if (begin == reach->told && words[0] - reach->index.lowest >= reach->index.span)
        reach->tell_first(reach->tell_context, reach->holder, words[0]);
    if (reach->phase == REACH_MARKING || reach->phase == REACH_TELLING)
        scan_words(reach, words, length / WORD, begin, WORD);
    else
        scan_words_of_head(reach, words, length / WORD, begin);
    return length;
}

/* Whether it may be that not all of it is there. */
static bool is_to_be_asked(const struct reach *reach, uint64_t begin, uint64_t end)
{
    return reach->world.next_used &&
           (end - begin >= REACH_WORLD_LARGE || !reach_world_in_place(&reach->world, begin, WORD));
}

static void scan_memory(struct reach *reach, uint64_t begin, uint64_t end)
{
    begin = (begin + WORD - 1) / WORD * WORD;
    end = end / WORD * WORD;
    bool asks = begin < end && is_to_be_asked(reach, begin, end);
    while (begin < end) {
        uint64_t until = end;
        if (asks)
            begin = reach->world.next_used(reach->world.context, begin, end, &until);
        uint64_t done = begin < until ? scan_chunk(reach, begin, until) : 0;
        if (done == 0 && begin < until) {
            uint64_t next = (begin / TRACE_PAGE_SIZE + 1) * TRACE_PAGE_SIZE;
            done = (next < until ? next : until) - begin;
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

static void none_waits(struct reach *reach)
{
    reach->waiting_low = UINT32_MAX;
    reach->waiting_high = 0;
}

/* The first block from k on that waits, or n. Called while all that wait are without a slot. */
static uint32_t next_waiting(const struct reach *reach, uint32_t k)
{
    uint64_t eight;
    while (k < reach->n && k % 8 != 0 && !(reach->states[k] & WAITS))
        k++;
    while (k % 8 == 0 && k + 8 <= reach->n) {
        memcpy(&eight, &reach->states[k], 8);
        if (eight & WAITS * 0x0101010101010101u)
            break;
        k += 8;
    }
    while (k < reach->n && !(reach->states[k] & WAITS))
        k++;
    return k;
}

/* Fills half of the empty stack with blocks that wait, the lowest on top. */
static void refill(struct reach *reach)
{
    uint32_t slot = reach->stack_size / 2, k = reach->waiting_low, high = reach->waiting_high;
    uint32_t *stack = reach->stack;
    for (; slot > 0 && (k = next_waiting(reach, k)) <= high && k < reach->n; k++)
        stack[--slot] = k;
    reach->depth = reach->stack_size / 2 - slot;
    memmove(stack, stack + slot, reach->depth * sizeof *stack);
    reach->waiting_low = k;
    if (k > high || k >= reach->n)
        none_waits(reach);
}

/* The next block to scan. Those that come up next are fetched from memory meanwhile: the marking
 * of a large heap waits for memory more than for anything else. */
static bool take_next(struct reach *reach, uint32_t *index)
{
    if (reach->ahead_count + reach->depth == 0 && reach->waiting_low <= reach->waiting_high)
        refill(reach);
    while (reach->ahead_count < REACH_AHEAD && reach->depth)
        come_ahead(reach);
    if (reach->ahead_count == 0)
        return false;
    *index = reach->ahead[reach->ahead_first];
    if (reach->ahead_count > REACH_AHEAD / 2) {
        uint32_t half = reach->ahead[(reach->ahead_first + REACH_AHEAD / 2) % REACH_AHEAD];
        prefetch_content(reach, half);
    }
    reach->ahead_first = (reach->ahead_first + 1) % REACH_AHEAD;
    reach->ahead_count--;
    return true;
}

static void scan_block(struct reach *reach, uint32_t index)
{
    const struct trace_block *block = &reach->blocks[index];
    uint64_t start = block_start(block);
    scan_memory(reach, start, start + block_size(reach, block));
}

/* Scans until no block waits. A block stops waiting before it is scanned, for it may rise and have
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

/* --- the check's course -------------------------------------------------- */

int reach_plan(struct reach *reach, const struct reach_world *world,
               const struct trace_block *blocks, size_t n, unsigned heuristics)
{
    memset(reach, 0, sizeof *reach);
    reach->told = UINT64_MAX;
    reach->world = *world;
    reach->sizes = (struct address_sizes){world->large_size, world->context};
    reach->blocks = blocks;
    reach->heuristics = heuristics;
    if (n > REACH_BLOCKS_MAX)
        return -EINVAL;
    size_t index_size = n ? address_index_plan(&reach->index, blocks, n, &reach->sizes) : 0;
    if (n && !index_size)
        return -EINVAL;
    reach->n = (uint32_t)n;
    reach->stack_size = reach->n / REACH_STACK_SHARE;
    if (reach->stack_size < REACH_STACK_MIN)
        reach->stack_size = REACH_STACK_MIN;
    reach->scratch_size = CHUNK + index_size + reach->stack_size * sizeof *reach->stack +
                          n * (sizeof(uint64_t) + sizeof(uint32_t) + sizeof(uint8_t));
    return 0;
}

void reach_begin(struct reach *reach, void *scratch)
{
    void *behind = (char *)scratch + CHUNK;
    reach->phase = REACH_MARKING;
    reach->urgent = UINT64_MAX;
    reach->sure = true;
    reach->chunk = scratch;
    reach->counts_bits = reach->n >= ASK_FROM && reach_find_counts_bits();
    none_waits(reach);
    if (reach->n == 0)
        return;
    behind = address_index_build(&reach->index, reach->blocks, reach->n, &reach->sizes, behind);
    reach->pointers = behind;
    reach->heads = (uint32_t *)(reach->pointers + reach->n);
    reach->stack = reach->heads + reach->n;
    reach->states = (uint8_t *)(reach->stack + reach->stack_size);
    memset(reach->states, UNREACHED, reach->n);
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
    bool starts = false;
    uint32_t index = ADDRESS_INDEX_NONE;
    if (address - reach->index.lowest < reach->index.span)
        index = address_index_find(&reach->index, address, &starts);
    if (!starts)
        return -ENOENT;
    if (kind_of(reach, index) != TRACE_REACHABLE) {
        struct reach_pointer in_use = {.word = address, .at = REACH_IN_USE};
        settle(reach, index, TRACE_REACHABLE, &in_use, TRACE_NO_HEURISTIC);
        push(reach, index);
    }
    return 0;
}

/* A pointer to a block below the head can be followed any time later: such a block may be taken
 * over, but its kind decides nothing any more, and whoever comes first takes it. So only pointers
 * to the head and upwards are followed before the next head is chosen. */
static void gather_under(struct reach *reach, uint32_t head)
{
    reach->holder = reach->heads[head] = head;
    reach->urgent = block_start(&reach->blocks[head]);
    scan_block(reach, head);
    drain(reach);
}

static void gather_lost(struct reach *reach)
{
    reach->phase = REACH_GATHERING;
    for (uint32_t k = 0; k < reach->n; k++) {
        if (k + REACH_GATHER_AHEAD < reach->n)
            prefetch_content(reach, k + REACH_GATHER_AHEAD);
        if (kind_of(reach, k) == UNREACHED)
            gather_under(reach, k);
    }
    follow_all(reach);
}

/* Who was taken over was so by a later head: seen from behind, the last one is known already. What
 * hangs on one that was taken over is the last one's, too. */
static void resolve_heads(struct reach *reach)
{
    uint32_t *heads = reach->heads;
    for (uint32_t k = reach->n; k-- > 0;)
        if (kind_of(reach, k) == TRACE_INDIRECTLY_LOST && heads[k] > k)
            heads[k] = heads[heads[k]];
    for (uint32_t k = 0; k < reach->n; k++)
        if (kind_of(reach, k) == TRACE_INDIRECTLY_LOST)
            heads[k] = heads[heads[k]];
}

void reach_finish(struct reach *reach)
{
    do
        drain(reach);
    while (follow_all(reach));
    gather_lost(reach);
    resolve_heads(reach);
}

struct reach_verdict reach_verdict_of(const struct reach *reach, uint32_t k)
{
    uint8_t state = reach->states[k];
    enum trace_leak_kind kind = kind_of(reach, k);
    return (struct reach_verdict){
        .pointer_at = reach->pointers[k],
        .head = kind == TRACE_INDIRECTLY_LOST ? reach->heads[k] : TRACE_HEAD_NONE,
        .kind = kind,
        .heuristic = (enum trace_heuristic)((state & EXCUSED) >> HEURISTIC_SHIFT),
        .interior = (state & INTERIOR) != 0,
    };
}

uint64_t reach_size_of(const struct reach *reach, uint32_t k)
{
    return block_size(reach, &reach->blocks[k]);
}

/* --- telling ------------------------------------------------------------- */

void reach_tell_begin(struct reach *reach, reach_tell *tell, void *context)
{
    reach->phase = REACH_TELLING;
    reach->tell = tell;
    reach->tell_context = context;
    reach->holder = REACH_NO_BLOCK;
    reach->sure = false;
}

void reach_tell_words(struct reach *reach, const uint64_t *words, size_t count, uint64_t at)
{
    scan_words(reach, words, count, at, WORD);
    follow_all(reach);
}

void reach_tell_block(struct reach *reach, uint32_t index)
{
    reach->holder = index;
    scan_block(reach, index);
    follow_all(reach);
}

void reach_tell_now(struct reach *reach)
{
    follow_all(reach);
}

void reach_tell_blocks(struct reach *reach, reach_tell_first *first)
{
    reach->tell_first = first;
    for (uint32_t k = 0; k < reach->n; k++) {
        if (k + REACH_GATHER_AHEAD < reach->n)
            prefetch_content(reach, k + REACH_GATHER_AHEAD);
        reach->holder = k;
        reach->told = first ? block_start(&reach->blocks[k]) : UINT64_MAX;
        scan_block(reach, k);
    }
    reach->told = UINT64_MAX;
    follow_all(reach);
}

/* --- verification -------------------------------------------------------- */

static void check_block(struct reach *reach, uint32_t index)
{
    struct reach_verdict verdict = reach_verdict_of(reach, index);
    if (verdict.kind == TRACE_INDIRECTLY_LOST &&
        (verdict.head >= reach->n || kind_of(reach, verdict.head) != TRACE_DEFINITELY_LOST))
        violate(reach, "a head is not definitely lost", index);
    if (verdict.kind != TRACE_REACHABLE && verdict.heuristic)
        violate(reach, "a block that is not reachable has a heuristic", index);
    if (verdict.kind != TRACE_DEFINITELY_LOST && !verdict.pointer_at)
        violate(reach, "nothing points to a block that is not a head", index);
}

const char *reach_check(struct reach *reach, uint64_t *address)
{
    reach->phase = REACH_CHECKING;
    reach->urgent = 0;
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
