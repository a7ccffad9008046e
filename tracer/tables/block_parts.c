#include "tables/block_parts.h"

#include "tables/block_rare.h"

bool block_parts_find_whole(const struct block *part, uint64_t candidate, struct block *whole)
{
    return part->size < TRACE_SLOT_SIZES && block_table_find(candidate, whole) &&
           (whole->family == TRACE_BY_MALLOC || block_parts_is_whole(whole)) &&
           whole->size < TRACE_SLOT_SIZES && (part->address & 7) == 0 &&
           part->address > whole->address && part->size <= whole->size &&
           part->address - whole->address <= whole->size - part->size;
}

static bool is_whole_for(const struct block *part, const struct block *block)
{
    return !block_parts_is_part(block) && part->address >= block->address &&
           part->size <= block->size && part->address - block->address <= block->size - part->size;
}

bool block_parts_whole_at(uint64_t address, struct block *whole)
{
    struct trace_rare rare;
    if (!block_table_find(address, whole))
        return false;
    if (!block_parts_is_part(whole))
        return true;
    if (!block_rare_find(address, &rare))
        return false;
    *whole = (struct block){address, rare.size, trace_block_account(rare.block.what),
                            trace_block_alignment_log2(rare.block.where),
                            trace_block_family(rare.block.where)};
    return !block_parts_is_part(whole);
}

struct whole_search {
    const struct block *part;
    struct block *whole;
    bool found;
};

static void look_around(void *context, const struct trace_block *block)
{
    struct whole_search *search = context;
    struct block candidate;
    if (block_parts_whole_at(trace_block_address(block->where), &candidate) &&
        is_whole_for(search->part, &candidate)) {
        *search->whole = candidate;
        search->found = true;
    }
}

bool block_parts_search_whole(const struct block *part, struct block *whole)
{
    struct whole_search search = {.part = part, .whole = whole};
    uint64_t behind = part->address + 1;
    for (unsigned reach = 12; reach <= 26 && !search.found; reach += 7) {
        uint64_t begin = part->address > 1ull << reach ? part->address - (1ull << reach) : 0;
        block_table_for_each_within(begin, behind, look_around, &search);
        behind = begin;
    }
    if (!search.found)
        block_rare_for_each(look_around, &search);
    return search.found;
}

/* Nobody else frees the whole meanwhile: its owner is just dividing it. */
static bool mark(const struct block *whole, bool apart)
{
    struct block marked;
    if (block_parts_is_whole(whole) && !apart)
        return true;
    if (!block_table_remove(whole->address, &marked))
        return false;
    marked.family = TRACE_BY_REQUEST;
    marked.alignment_log2 = TRACE_WHOLE;
    return apart ? block_table_insert_apart(&marked) : block_table_insert(&marked);
}

bool block_parts_divide(const struct block *whole, const struct block *part)
{
    struct block there;
    bool apart = part->address == whole->address && block_table_find(part->address, &there) &&
                 !block_parts_is_part(&there);
    return mark(whole, apart) && block_table_insert(part);
}

struct taking {
    void (*taken)(void *context, const struct block *part);
    void *context;
};

static void take(void *context, const struct trace_block *block)
{
    const struct taking *taking = context;
    struct block part;
    if (trace_block_family(block->where) == TRACE_BY_REQUEST &&
        block_table_remove(trace_block_address(block->where), &part))
        taking->taken(taking->context, &part);
}

void block_parts_take(const struct block *whole,
                      void (*taken)(void *context, const struct block *part), void *context)
{
    block_table_for_each_within(whole->address + 1, whole->address + whole->size, take,
                                &(struct taking){taken, context});
}

/* --- the leak check ------------------------------------------------------ */

static bool is(const struct trace_block *block, enum trace_part which)
{
    return trace_block_family(block->where) == TRACE_BY_REQUEST &&
           trace_block_alignment_log2(block->where) == which;
}

static bool holds(const struct trace_block *whole, const struct trace_block *part)
{
    uint64_t start = trace_block_address(whole->where);
    return is(whole, TRACE_WHOLE) && is(part, TRACE_PART) &&
           trace_block_address(part->where) - start < trace_block_size(whole->what);
}

size_t block_parts_leave_out_parts(struct trace_block *blocks, size_t count)
{
    size_t stay = 0;
    for (size_t i = 0; i < count; i++)
        if (!is(&blocks[i], TRACE_PART))
            blocks[stay++] = blocks[i];
    return stay;
}

/* The next block is a whole's first part, if it has any, or the one before it, where both begin at
 * one address. */
size_t block_parts_leave_out_wholes(struct trace_block *blocks, size_t count)
{
    size_t stay = 0;
    struct trace_block before = {0};
    for (size_t i = 0; i < count; i++) {
        struct trace_block block = blocks[i];
        if ((i + 1 == count || !holds(&block, &blocks[i + 1])) && !holds(&block, &before))
            blocks[stay++] = block;
        before = block;
    }
    return stay;
}
