#include "tables/block_order.h"

#include "tables/block_rare.h"
#include "tables/block_table.h"

/* What is not merged yet of RARE stands at the array's end, and what is merged at its beginning:
 * the two meet only where there is no space for all. */
struct order {
    struct trace_block *blocks;
    size_t count;
    size_t rare; /* index of the first that is not merged yet */
    size_t capacity;
};

static void take_rare(void *context, const struct trace_block *block)
{
    struct order *order = context;
    if (order->rare > 0)
        order->blocks[--order->rare] = *block;
}

/* Shell's sort: no memory, no recursion, and few blocks. */
static void sort(struct trace_block *blocks, size_t count)
{
    for (size_t gap = count / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11)
        for (size_t i = gap; i < count; i++) {
            struct trace_block block = blocks[i];
            uint64_t address = trace_block_address(block.where);
            size_t to = i;
            for (; to >= gap && trace_block_address(blocks[to - gap].where) > address; to -= gap)
                blocks[to] = blocks[to - gap];
            blocks[to] = block;
        }
}

static void append(struct order *order, const struct trace_block *block)
{
    const struct trace_block *last = order->count ? &order->blocks[order->count - 1] : NULL;
    bool is_new = !last || trace_block_address(last->where) < trace_block_address(block->where);
    if (is_new && order->count < order->rare)
        order->blocks[order->count++] = *block;
}

static void merge_rare(struct order *order, uint64_t end)
{
    while (order->rare < order->capacity &&
           trace_block_address(order->blocks[order->rare].where) < end) {
        struct trace_block block = order->blocks[order->rare++];
        append(order, &block);
    }
}

static void take(void *context, const struct trace_block *block)
{
    merge_rare(context, trace_block_address(block->where));
    append(context, block);
}

size_t block_order_copy(struct trace_block *blocks, size_t capacity)
{
    struct order order = {blocks, 0, capacity, capacity};
    block_rare_for_each(take_rare, &order);
    sort(blocks + order.rare, capacity - order.rare);
    block_table_for_each_in_leaves(take, &order);
    merge_rare(&order, UINT64_MAX);
    return order.count;
}
