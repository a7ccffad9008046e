#include "tables/block_table.h"

#include "tables/block_rare.h"

#define PROBES_MAX 24u /* slots from home on where a block may lie: three cache lines */

uint64_t block_table_nowhere = TRACE_SLOT_FROZEN;

static inline uint64_t load(const uint64_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

/* The largest leaf has a home for every block that its page can have, so a probe of any length is
 * taken there before the insert is given up. */
static inline uint32_t probe_limit(uint64_t leaf)
{
    uint32_t slots = trace_leaf_slots(leaf);
    return slots < PROBES_MAX || slots == TRACE_LEAF_SLOTS_MAX ? slots : PROBES_MAX;
}

/* glibc's blocks are 32 bytes apart at least; leaves in which those have a home each are divided
 * further where other allocators need it. */
static uint64_t make_leaf(uint32_t slots)
{
    uint64_t granule_log2 = slots <= 128 ? 5 : slots == 256 ? 4 : 3;
    uint64_t address = block_region_leaf(slots);
    return address ? address | granule_log2 | (uint64_t)(slots - 1) << 48 : 0;
}

/* --- growing ------------------------------------------------------------- */

static void freeze(uint64_t leaf)
{
    uint64_t *slots = block_table_slots(leaf);
    for (uint32_t i = 0; i < trace_leaf_slots(leaf); i++)
        for (uint64_t there = load(&slots[i]); !(there & TRACE_SLOT_FROZEN);
             there = load(&slots[i]))
            swap_word(&slots[i], there, there | TRACE_SLOT_FROZEN);
}

/* Into a leaf that no other thread knows of. */
static bool put_aside(uint64_t leaf, uint64_t slot)
{
    uint64_t *slots = block_table_slots(leaf);
    uint64_t mask = leaf >> 48;
    uint64_t home = block_table_home_in(leaf, (slot & TRACE_SLOT_OFFSET_MASK) * 8);
    for (uint32_t distance = 0; distance < probe_limit(leaf); distance++) {
        uint64_t *to = &slots[(home + distance) & mask];
        if (*to == 0) {
            *to = slot;
            return true;
        }
    }
    return false;
}

static bool copy(uint64_t to, uint64_t from)
{
    const uint64_t *slots = block_table_slots(from);
    for (uint32_t i = 0; i < trace_leaf_slots(from); i++) {
        uint64_t slot = load(&slots[i]);
        if ((slot & TRACE_SLOT_TAKEN) && !put_aside(to, slot & ~(uint64_t)TRACE_SLOT_FROZEN))
            return false;
    }
    return true;
}

/* Replaces a leaf by a larger one, unless another thread does. false: no space. The storage comes
 * first: what is frozen can only be replaced. */
static __attribute__((noinline, cold)) bool grow(uint64_t *word, uint64_t leaf)
{
    uint32_t slots = trace_leaf_slots(leaf);
    while (slots < TRACE_LEAF_SLOTS_MAX && load(word) == leaf) {
        uint64_t larger = make_leaf(slots *= 2);
        if (!larger)
            return false;
        freeze(leaf);
        if (copy(larger, leaf))
            swap_word(word, leaf, larger);
    }
    return load(word) != leaf;
}

/* The first leaf of a page. */
static bool begin_leaf(uint64_t *word, uint64_t address)
{
    /* The page before has its word beside this one, but for the region's first. */
    uint64_t before = address & ((1u << TRACE_REGION_SPAN_LOG2) - 1) & -(uint64_t)TRACE_LEAF_SPAN
                          ? load(word - 1)
                          : 0;
    uint32_t slots = before ? trace_leaf_slots(before) / 2 : 0;
    uint64_t leaf = make_leaf(slots > TRACE_LEAF_SLOTS_MIN ? slots : TRACE_LEAF_SLOTS_MIN);
    if (leaf)
        swap_word(word, 0, leaf);
    return leaf != 0;
}

/* --- inserting ----------------------------------------------------------- */

enum outcome { DONE, FULL };

static enum outcome put(uint64_t leaf, uint64_t address, uint64_t slot)
{
    uint64_t *slots = block_table_slots(leaf);
    uint64_t mask = leaf >> 48;
    uint64_t home = block_table_home_in(leaf, address);
    for (uint32_t distance = 0; distance < probe_limit(leaf);) {
        uint64_t *to = &slots[(home + distance) & mask];
        uint64_t there = load(to);
        if (there == 0) {
            if (swap_word(to, 0, slot))
                return DONE;
            continue;
        }
        if (there & TRACE_SLOT_FROZEN)
            return FULL;
        distance++;
    }
    return FULL;
}

static __attribute__((noinline)) bool insert_anywhere(uint64_t address, uint64_t slot)
{
    uint64_t *word = block_region_word(address);
    if (!word && !(word = block_region_make(address)))
        return false;
    for (;;) {
        uint64_t leaf = load(word);
        if (!leaf) {
            if (!begin_leaf(word, address))
                return false;
            continue;
        }
        if (put(leaf, address, slot) == DONE)
            return true;
        if (!grow(word, leaf))
            return false;
    }
}

__attribute__((noinline, cold)) bool block_table_insert_apart(const struct block *block)
{
    return block_rare_put(
        (struct trace_block){block->address | (uint64_t)block->family << TRACE_FAMILY_SHIFT |
                                 (uint64_t)block->alignment_log2 << TRACE_ALIGNMENT_SHIFT,
                             (uint64_t)block->account << TRACE_SIZE_BITS},
        block->size);
}

bool block_table_insert(const struct block *block)
{
    return __builtin_expect(block_table_fits_a_slot(block), 1)
               ? insert_anywhere(block->address, block_table_pack(block))
               : block_table_insert_apart(block);
}

/* --- removing ------------------------------------------------------------ */

static void unpack_rare(const struct trace_rare *rare, struct block *block)
{
    block->address = trace_block_address(rare->block.where);
    block->size = rare->size;
    block->account = trace_block_account(rare->block.what);
    block->alignment_log2 = trace_block_alignment_log2(rare->block.where);
    block->family = trace_block_family(rare->block.where);
}

/* The block's slot in a leaf, and what it holds; NULL if it is not there. */
static uint64_t *find_slot(uint64_t leaf, uint64_t address, uint64_t *there)
{
    const uint64_t identity = TRACE_SLOT_OFFSET_MASK | TRACE_SLOT_TAKEN;
    uint64_t *slots = block_table_slots(leaf);
    uint64_t mask = leaf >> 48;
    uint64_t home = block_table_home_in(leaf, address);
    for (uint32_t distance = 0; leaf && distance < probe_limit(leaf); distance++) {
        uint64_t *slot = &slots[(home + distance) & mask];
        *there = load(slot);
        if ((*there & identity) == block_table_identity(address))
            return slot;
    }
    return NULL;
}

static bool remove_from_leaf(uint64_t address, struct block *block)
{
    uint64_t *word = block_region_word(address);
    uint64_t leaf, there;
    while (word && (leaf = load(word))) {
        uint64_t *slot = find_slot(leaf, address, &there);
        if (!slot && load(word) == leaf)
            return false;
        if (slot && (there & TRACE_SLOT_FROZEN) && !grow(word, leaf))
            return false;
        if (slot && !(there & TRACE_SLOT_FROZEN) && swap_word(slot, there, 0)) {
            block_table_unpack(there, address, block);
            return true;
        }
    }
    return false;
}

static inline bool is_an_address(uint64_t address)
{
    return __builtin_expect(address && !(address >> TRACE_ADDRESS_BITS), 1);
}

bool block_table_remove(uint64_t address, struct block *block)
{
    struct trace_rare rare;
    if (!is_an_address(address))
        return false;
    if ((address & 7) == 0 && remove_from_leaf(address, block))
        return true;
    if (!block_rare_take(address, &rare))
        return false;
    unpack_rare(&rare, block);
    return true;
}

/* --- reading ------------------------------------------------------------- */

bool block_table_find(uint64_t address, struct block *block)
{
    const uint64_t *word = is_an_address(address) ? block_region_word(address) : NULL;
    uint64_t leaf = word ? load(word) : 0;
    struct trace_rare rare;
    uint64_t there;
    if ((address & 7) == 0 && find_slot(leaf, address, &there)) {
        block_table_unpack(there, address, block);
        return true;
    }
    if (!is_an_address(address) || !block_rare_find(address, &rare))
        return false;
    unpack_rare(&rare, block);
    return true;
}

struct visitor {
    void (*visit)(void *context, const struct trace_block *);
    void *context;
};

/* In the order of their addresses: a bit for each offset at which one begins, and then a search for
 * each. Of two at one address the first is found. */
static void visit_leaf(void *context, uint64_t page, uint64_t leaf)
{
    const struct visitor *visitor = context;
    const uint64_t *slots = block_table_slots(leaf);
    uint64_t begins[TRACE_LEAF_SPAN / 8 / 64] = {0}, slot;
    for (uint32_t i = 0; i < trace_leaf_slots(leaf); i++)
        if ((slot = load(&slots[i])) & TRACE_SLOT_TAKEN)
            begins[(slot & TRACE_SLOT_OFFSET_MASK) / 64] |= 1ull << slot % 64;
    for (uint64_t i = 0; i < sizeof begins / sizeof *begins; i++)
        for (uint64_t left = begins[i]; left; left &= left - 1) {
            uint64_t address = page + (i * 64 + (uint64_t)__builtin_ctzll(left)) * 8;
            if (!find_slot(leaf, address, &slot))
                continue;
            struct trace_block block = trace_slot_block(slot, page);
            visitor->visit(visitor->context, &block);
        }
}

void block_table_for_each_in_leaves(void (*visit)(void *, const struct trace_block *),
                                    void *context)
{
    block_region_for_each(visit_leaf, &(struct visitor){visit, context});
}

void block_table_for_each(void (*visit)(void *, const struct trace_block *), void *context)
{
    block_table_for_each_in_leaves(visit, context);
    block_rare_for_each(visit, context);
}

/* The blocks of a leaf that begin in first … first + span - 1, offsets in its page divided by 8. */
static void visit_some(const struct visitor *visitor, uint64_t page, uint64_t leaf, uint64_t first,
                       uint64_t span)
{
    const uint64_t *slots = block_table_slots(leaf);
    for (uint32_t i = 0; i < trace_leaf_slots(leaf); i++) {
        uint64_t slot = load(&slots[i]);
        if ((slot & TRACE_SLOT_OFFSET_MASK) - first >= span || !(slot & TRACE_SLOT_TAKEN))
            continue;
        struct trace_block block = trace_slot_block(slot, page);
        visitor->visit(visitor->context, &block);
    }
}

void block_table_for_each_within(uint64_t begin, uint64_t end,
                                 void (*visit)(void *, const struct trace_block *), void *context)
{
    const struct visitor visitor = {visit, context};
    for (uint64_t page = begin & -(uint64_t)TRACE_LEAF_SPAN; page < end; page += TRACE_LEAF_SPAN) {
        const uint64_t *word = block_region_word(page);
        uint64_t leaf = word ? load(word) : 0;
        uint64_t low = begin > page ? begin - page : 0;
        uint64_t high = end - page < TRACE_LEAF_SPAN ? end - page : TRACE_LEAF_SPAN;
        if (leaf)
            visit_some(&visitor, page, leaf, (low + 7) / 8, (high + 7) / 8 - (low + 7) / 8);
    }
}

static void check_leaf(void *context, uint64_t page, uint64_t leaf)
{
    int64_t *count = context;
    const uint64_t *slots = block_table_slots(leaf);
    for (uint32_t i = 0; i < trace_leaf_slots(leaf) && *count >= 0; i++) {
        uint64_t home = block_table_home_in(leaf, page | (slots[i] & TRACE_SLOT_OFFSET_MASK) * 8);
        uint64_t distance = (i - home) & (trace_leaf_slots(leaf) - 1);
        if (slots[i] == 0)
            continue;
        if (!(slots[i] & TRACE_SLOT_TAKEN) || (slots[i] & TRACE_SLOT_FROZEN) ||
            distance >= probe_limit(leaf))
            *count = -1;
        else
            ++*count;
    }
}

static void count_rare(void *context, const struct trace_block *block)
{
    (void)block;
    ++*(int64_t *)context;
}

int64_t block_table_check(void)
{
    int64_t count = 0;
    block_region_for_each(check_leaf, &count);
    if (count >= 0)
        block_rare_for_each(count_rare, &count);
    return count;
}
