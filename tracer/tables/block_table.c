#include "tables/block_table.h"

#include "tables/block_rare.h"

#define WAY_MAX 24u /* places from home on where a block may lie: three cache lines */

uint64_t block_table_nowhere = TRACE_PLACE_FROZEN;

static inline uint64_t load(const uint64_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

/* The largest leaf has a home for every block that its page can have, so a way of any length is
 * taken there before the insert is given up. */
static inline uint32_t way_of(uint64_t leaf)
{
    uint32_t places = trace_leaf_places(leaf);
    return places < WAY_MAX || places == TRACE_LEAF_PLACES_MAX ? places : WAY_MAX;
}

/* glibc's blocks are 32 bytes apart at least; leaves in which those have a home each are divided
 * further where other allocators need it. */
static uint64_t make_leaf(uint32_t places)
{
    uint64_t granule_log2 = places <= 128 ? 5 : places == 256 ? 4 : 3;
    uint64_t address = block_region_leaf(places);
    return address ? address | granule_log2 | (uint64_t)(places - 1) << 48 : 0;
}

/* --- growing ------------------------------------------------------------- */

static void freeze(uint64_t leaf)
{
    uint64_t *places = block_table_places(leaf);
    for (uint32_t i = 0; i < trace_leaf_places(leaf); i++)
        for (uint64_t there = load(&places[i]); !(there & TRACE_PLACE_FROZEN);
             there = load(&places[i]))
            swap_word(&places[i], there, there | TRACE_PLACE_FROZEN);
}

/* Into a leaf that no other thread knows of. */
static bool put_aside(uint64_t leaf, uint64_t place)
{
    uint64_t *places = block_table_places(leaf);
    uint64_t mask = leaf >> 48;
    uint64_t home = block_table_home_in(leaf, (place & TRACE_PLACE_OFFSET_MASK) * 8);
    for (uint32_t distance = 0; distance < way_of(leaf); distance++) {
        uint64_t *to = &places[(home + distance) & mask];
        if (*to == 0) {
            *to = place;
            return true;
        }
    }
    return false;
}

static bool copy(uint64_t to, uint64_t from)
{
    const uint64_t *places = block_table_places(from);
    for (uint32_t i = 0; i < trace_leaf_places(from); i++) {
        uint64_t place = load(&places[i]);
        if ((place & TRACE_PLACE_TAKEN) && !put_aside(to, place & ~(uint64_t)TRACE_PLACE_FROZEN))
            return false;
    }
    return true;
}

/* Replaces a leaf by a larger one, unless another thread does. false: no room. The storage comes
 * first: what is frozen can only be replaced. */
static __attribute__((noinline, cold)) bool grow(uint64_t *word, uint64_t leaf)
{
    uint32_t places = trace_leaf_places(leaf);
    while (places < TRACE_LEAF_PLACES_MAX && load(word) == leaf) {
        uint64_t larger = make_leaf(places *= 2);
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
    uint32_t places = before ? trace_leaf_places(before) / 2 : 0;
    uint64_t leaf = make_leaf(places > TRACE_LEAF_PLACES_MIN ? places : TRACE_LEAF_PLACES_MIN);
    if (leaf)
        swap_word(word, 0, leaf);
    return leaf != 0;
}

/* --- inserting ----------------------------------------------------------- */

enum outcome { DONE, FULL };

static enum outcome put(uint64_t leaf, uint64_t address, uint64_t place)
{
    uint64_t *places = block_table_places(leaf);
    uint64_t mask = leaf >> 48;
    uint64_t home = block_table_home_in(leaf, address);
    for (uint32_t distance = 0; distance < way_of(leaf);) {
        uint64_t *to = &places[(home + distance) & mask];
        uint64_t there = load(to);
        if (there == 0) {
            if (swap_word(to, 0, place))
                return DONE;
            continue;
        }
        if (there & TRACE_PLACE_FROZEN)
            return FULL;
        distance++;
    }
    return FULL;
}

static __attribute__((noinline)) bool insert_anywhere(uint64_t address, uint64_t place)
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
        if (put(leaf, address, place) == DONE)
            return true;
        if (!grow(word, leaf))
            return false;
    }
}

static __attribute__((noinline, cold)) bool insert_rare(const struct block *block)
{
    return block_rare_put(
        (struct trace_block){block->address | (uint64_t)block->family << TRACE_FAMILY_SHIFT |
                                 (uint64_t)block->alignment_log2 << TRACE_ALIGNMENT_SHIFT,
                             (uint64_t)block->count << TRACE_SIZE_BITS},
        block->size);
}

bool block_table_insert(const struct block *block)
{
    return __builtin_expect(block_table_fits_a_place(block), 1)
               ? insert_anywhere(block->address, block_table_pack(block))
               : insert_rare(block);
}

/* --- removing ------------------------------------------------------------ */

static void unpack_rare(const struct trace_rare *rare, struct block *block)
{
    block->address = trace_block_address(rare->block.where);
    block->size = rare->size;
    block->count = trace_block_count(rare->block.what);
    block->alignment_log2 = trace_block_alignment_log2(rare->block.where);
    block->family = trace_block_family(rare->block.where);
}

/* The block's place in a leaf, and what it holds; NULL if it is not there. */
static uint64_t *find_place(uint64_t leaf, uint64_t address, uint64_t *there)
{
    const uint64_t identity = TRACE_PLACE_OFFSET_MASK | TRACE_PLACE_TAKEN;
    uint64_t *places = block_table_places(leaf);
    uint64_t mask = leaf >> 48;
    uint64_t home = block_table_home_in(leaf, address);
    for (uint32_t distance = 0; leaf && distance < way_of(leaf); distance++) {
        uint64_t *place = &places[(home + distance) & mask];
        *there = load(place);
        if ((*there & identity) == block_table_identity(address))
            return place;
    }
    return NULL;
}

static bool remove_from_leaf(uint64_t address, struct block *block)
{
    uint64_t *word = block_region_word(address);
    uint64_t leaf, there;
    while (word && (leaf = load(word))) {
        uint64_t *place = find_place(leaf, address, &there);
        if (!place && load(word) == leaf)
            return false;
        if (place && (there & TRACE_PLACE_FROZEN) && !grow(word, leaf))
            return false;
        if (place && !(there & TRACE_PLACE_FROZEN) && swap_word(place, there, 0)) {
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
    if ((address & 7) == 0 && find_place(leaf, address, &there)) {
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

static void visit_leaf(void *context, uint64_t page, uint64_t leaf)
{
    const struct visitor *visitor = context;
    const uint64_t *places = block_table_places(leaf);
    for (uint32_t i = 0; i < trace_leaf_places(leaf); i++) {
        uint64_t place = load(&places[i]);
        if (!(place & TRACE_PLACE_TAKEN))
            continue;
        struct trace_block block = trace_place_block(place, page);
        visitor->visit(visitor->context, &block);
    }
}

void block_table_for_each(void (*visit)(void *, const struct trace_block *), void *context)
{
    block_region_for_each(visit_leaf, &(struct visitor){visit, context});
    block_rare_for_each(visit, context);
}

/* The blocks of a leaf that begin in first … first + span - 1, offsets in its page divided by 8. */
static void visit_some(const struct visitor *visitor, uint64_t page, uint64_t leaf, uint64_t first,
                       uint64_t span)
{
    const uint64_t *places = block_table_places(leaf);
    for (uint32_t i = 0; i < trace_leaf_places(leaf); i++) {
        uint64_t place = load(&places[i]);
        if ((place & TRACE_PLACE_OFFSET_MASK) - first >= span || !(place & TRACE_PLACE_TAKEN))
            continue;
        struct trace_block block = trace_place_block(place, page);
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
    const uint64_t *places = block_table_places(leaf);
    for (uint32_t i = 0; i < trace_leaf_places(leaf) && *count >= 0; i++) {
        uint64_t home = block_table_home_in(leaf, page | (places[i] & TRACE_PLACE_OFFSET_MASK) * 8);
        uint64_t distance = (i - home) & (trace_leaf_places(leaf) - 1);
        if (places[i] == 0)
            continue;
        if (!(places[i] & TRACE_PLACE_TAKEN) || (places[i] & TRACE_PLACE_FROZEN) ||
            distance >= way_of(leaf))
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
