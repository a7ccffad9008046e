#include "tables/block_parts.h"

bool block_parts_find_whole(const struct block *part, uint64_t candidate, struct block *whole)
{
    return part->size < TRACE_SLOT_SIZES && block_table_find(candidate, whole) &&
           (whole->family == TRACE_BY_MALLOC || block_parts_is_whole(whole)) &&
           whole->size < TRACE_SLOT_SIZES && (part->address & 7) == 0 &&
           part->address > whole->address && part->size <= whole->size &&
           part->address - whole->address <= whole->size - part->size;
}

/* Nobody else frees the whole meanwhile: its owner is just making it. */
static bool mark(const struct block *whole)
{
    struct block marked;
    if (block_parts_is_whole(whole))
        return true;
    if (!block_table_remove(whole->address, &marked))
        return false;
    marked.family = TRACE_BY_REQUEST;
    marked.alignment_log2 = TRACE_WHOLE;
    return block_table_insert(&marked);
}

bool block_parts_divide(const struct block *whole, const struct block *part)
{
    return mark(whole) && block_table_insert(part);
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

/* The next block is a whole's first part, if it has any. */
size_t block_parts_leave_out_wholes(struct trace_block *blocks, size_t count)
{
    size_t stay = 0;
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || !holds(&blocks[i], &blocks[i + 1]))
            blocks[stay++] = blocks[i];
    return stay;
}
