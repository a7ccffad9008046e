#include "guard/stale_pointers.h"

#include "check/program_memory.h"
#include "log/trace_log.h"
#include "os/pages.h"
#include "tables/freed_blocks.h"
#include "tables/kept_blocks.h"

#define BUFFER (16u << 10)

struct target {
    uint64_t address, size;
    uint64_t moved_to;
    uint32_t account, stack_freed;
    bool is_live;      /* nobody has a pointer to its begin */
    uint32_t taken_by; /* a live block that has some of its memory now; REACH_NO_BLOCK: none */
};

static struct reach *judged;
static struct program_memory *memory;
static bool wants_all;
static struct target *targets; /* by address, once they are sorted */
static size_t count, capacity;
static uint64_t highest; /* end of any of them */
static void *extent;
static uint64_t written;
static uint32_t holder; /* the block that is scanned */
static uint64_t buffer[BUFFER / 8];

/* --- what was given up -------------------------------------------------------- */

static void add(struct target target)
{
    if (count < capacity)
        targets[count] = target;
    count++;
}

/* The live block at or below an address, which may be any; -1: there is none. */
static int64_t block_below(uint64_t address)
{
    size_t low = 0, high = judged->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (trace_block_address(judged->blocks[middle].where) <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return (int64_t)low - 1;
}

static uint64_t end_of(int64_t k)
{
    return trace_block_address(judged->blocks[k].where) + reach_size_of(judged, (uint32_t)k);
}

/* The live block that has some of this memory. */
static uint32_t owner_of(uint64_t address, uint64_t size)
{
    int64_t k = block_below(address + (size ? size - 1 : 0));
    return k >= 0 && end_of(k) > address ? (uint32_t)k : REACH_NO_BLOCK;
}

/* A live block holds what is there, or ends there. One that begins there is meant. */
static bool may_be_meant(uint64_t word)
{
    int64_t k = block_below(word);
    bool begins = k >= 0 && trace_block_address(judged->blocks[k].where) == word;
    return begins || (!wants_all && k >= 0 && word <= end_of(k));
}

static void add_kept(void *context, const struct kept_block *block, const void *copy)
{
    (void)context;
    (void)copy;
    add((struct target){block->address, block->size, block->moved_to, block->account,
                        block->stack_freed, false, REACH_NO_BLOCK});
}

static void add_freed(void *context, const struct freed_block *block)
{
    (void)context;
    add((struct target){block->address, block->size, 0, block->account, block->stack_freed, false,
                        owner_of(block->address, block->size)});
}

static void add_all(void)
{
    count = 0;
    kept_blocks_for_each(add_kept, NULL);
    freed_blocks_for_each(add_freed, NULL);
    for (uint32_t k = 0; k < judged->n; k++) {
        if (reach_verdict_of(judged, k).kind != TRACE_POSSIBLY_LOST)
            continue;
        const struct trace_block *block = &judged->blocks[k];
        add((struct target){trace_block_address(block->where), reach_size_of(judged, k), 0,
                            trace_block_account(block->what), 0, true, REACH_NO_BLOCK});
    }
}

static void sift_down(size_t at, size_t end)
{
    struct target moved = targets[at];
    for (size_t child; (child = 2 * at + 1) < end; at = child) {
        if (child + 1 < end && targets[child].address < targets[child + 1].address)
            child++;
        if (moved.address >= targets[child].address)
            break;
        targets[at] = targets[child];
    }
    targets[at] = moved;
}

static void sort_targets(void)
{
    for (size_t i = count / 2; i-- > 0;)
        sift_down(i, count);
    for (size_t end = count; end-- > 1;) {
        struct target last = targets[0];
        targets[0] = targets[end];
        targets[end] = last;
        sift_down(0, end);
    }
}

static void begin(void)
{
    extent = trace_log_extend(TRACE_STALE, 0, TRACE_STALE_MAX * sizeof(struct trace_stale), 0);
}

static bool open_targets(struct reach *reach, struct program_memory *program, bool all)
{
    judged = reach;
    wants_all = all;
    memory = program;
    capacity = 0;
    if (!extent)
        return false;
    add_all();
    capacity = count;
    targets = count ? pages_map(count * sizeof *targets) : NULL;
    if (!targets)
        return false;
    add_all();
    count = count < capacity ? count : capacity;
    sort_targets();
    for (size_t i = 0; i < count; i++)
        if (targets[i].address + targets[i].size > highest)
            highest = targets[i].address + targets[i].size;
    return true;
}

/* --- who points there ---------------------------------------------------------- */

static bool tells_more(const struct target *one, const struct target *than)
{
    bool is_free = one->taken_by == REACH_NO_BLOCK, other = than->taken_by == REACH_NO_BLOCK;
    return is_free != other ? is_free : one->moved_to != 0;
}

/* Several freed blocks may have had one address, and larger ones begin below it. */
static const struct target *find(uint64_t word)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (targets[middle].address <= word)
            low = middle + 1;
        else
            high = middle;
    }
    const struct target *found = NULL;
    for (unsigned back = 0; back < 16 && low-- > 0; back++)
        if (word - targets[low].address < targets[low].size &&
            (!found || tells_more(&targets[low], found)))
            found = &targets[low];
    return found;
}

static uint32_t taken_of(const struct target *target)
{
    return target->taken_by == REACH_NO_BLOCK
               ? 0
               : 1 + trace_block_account(judged->blocks[target->taken_by].what);
}

static void write_record(uint64_t at, uint64_t word, const struct target *target)
{
    struct trace_stale record = {.at = at,
                                 .word = word,
                                 .block = target->address,
                                 .block_size = target->size,
                                 .moved_to = target->moved_to,
                                 .account = target->account,
                                 .stack_freed = target->stack_freed,
                                 .taken = taken_of(target),
                                 .holder = REACH_NO_BLOCK};
    if (written == TRACE_STALE_MAX) {
        trace_log_lose(&trace_log_header->losses.stale, 1);
        return;
    }
    if (holder != REACH_NO_BLOCK) {
        const struct trace_block *block = &judged->blocks[holder];
        record.holder_at = trace_block_address(block->where);
        record.holder_size = reach_size_of(judged, holder);
        record.holder = trace_block_account(block->what);
    }
    trace_log_fill(TRACE_STALE, 0, extent, written++ * sizeof record, &record, sizeof record);
}

static void look_at(uint64_t at, uint64_t word)
{
    if (word < targets[0].address || word >= highest)
        return;
    const struct target *target = find(word);
    if (!target || (target->taken_by != REACH_NO_BLOCK && may_be_meant(word)))
        return;
    /* A live block's own words are not what keeps it. */
    if (holder != REACH_NO_BLOCK &&
        trace_block_address(judged->blocks[holder].where) == target->address)
        return;
    write_record(at, word, target);
}

static void scan_words(uint64_t begin, uint64_t end)
{
    while (begin < end) {
        size_t length = end - begin < BUFFER ? (size_t)(end - begin) : BUFFER;
        size_t got = program_memory_read(memory, begin, buffer, length) / 8;
        for (size_t i = 0; i < got; i++)
            look_at(begin + 8 * i, buffer[i]);
        begin += length;
    }
}

static void scan(uint64_t begin, uint64_t end)
{
    holder = REACH_NO_BLOCK;
    while (begin < end) {
        uint64_t until = end;
        begin = program_memory_next_used(memory, begin, end, &until);
        if (begin >= end)
            return;
        scan_words(begin, until < end ? until : end);
        begin = until > begin ? until : end;
    }
}

static void scan_blocks(void)
{
    for (uint32_t k = 0; k < judged->n; k++) {
        enum trace_leak_kind kind = reach_verdict_of(judged, k).kind;
        uint64_t begin = (trace_block_address(judged->blocks[k].where) + 7) & ~7ull;
        uint64_t end = (trace_block_address(judged->blocks[k].where) + reach_size_of(judged, k));
        holder = k;
        if ((kind == TRACE_REACHABLE || kind == TRACE_POSSIBLY_LOST) && begin < (end & ~7ull))
            scan_words(begin, end & ~7ull);
    }
}

const struct leak_scan_stale stale_pointers = {begin, open_targets, scan, scan_blocks};
