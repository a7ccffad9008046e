#include "stack_table.h"

#include "chunk_table.h"
#include "trace_log.h"

#include <stdatomic.h>

/* A link names a node, or a bucket with this bit set. */
#define BUCKET_BIT         0x80000000u
#define LINK_END           1u /* no node has this number */
#define FIRST_BUCKETS_LOG2 12u
#define NODES_PER_BUCKET   1u

/* A bucket is an element of the list itself, so no dummy nodes are needed. */
struct bucket {
    atomic_uint next;
    atomic_uint state;
};
enum { BUCKET_NEW = 0, BUCKET_BUSY = 1, BUCKET_READY = 2 };

static struct chunk_table buckets = {.grow = chunk_table_grow_private,
                                     .record_size = sizeof(struct bucket),
                                     .first_log2 = FIRST_BUCKETS_LOG2};
static atomic_uint bucket_count; /* a power of two */
static uint32_t (*find_module)(uintptr_t address);
static bool (*module_is_gone)(uint32_t module);
static atomic_bool some_are_gone;

/* Nodes that are made in a row lie in a row, and so do their buckets: a node's bucket is its
 * parent's number and a little more, which the address tells. Within that window of 4096 the
 * children of one parent are spread; more of them than that are rare, and share. */
#define WINDOW_BITS 12u
static uint32_t hash_of(uint32_t parent, uintptr_t address)
{
    uint64_t mixed = address * 0x9e3779b97f4a7c15u;
    return parent + (uint32_t)((mixed ^ mixed >> 32) * 0x9e3779b97f4a7c15u >> (64 - WINDOW_BITS));
}

static uint32_t reverse_bits(uint32_t word)
{
    word = __builtin_bswap32(word);
    word = (word >> 4 & 0x0f0f0f0fu) | (word & 0x0f0f0f0fu) << 4;
    word = (word >> 2 & 0x33333333u) | (word & 0x33333333u) << 2;
    return (word >> 1 & 0x55555555u) | (word & 0x55555555u) << 1;
}

/* The list's order: a bucket stands before all nodes that hash into it. */
static uint64_t order_of_hash(uint32_t hash)
{
    return (uint64_t)reverse_bits(hash) << 1 | 1;
}
static uint64_t order_of_bucket(uint32_t bucket)
{
    return (uint64_t)reverse_bits(bucket) << 1;
}

static struct bucket *bucket_at(uint32_t bucket)
{
    return chunk_table_at(&buckets, bucket);
}
static struct trace_node *node_at(uint32_t node)
{
    return chunk_table_at(&trace_log_nodes, node);
}

/* What a node holds for the table itself: the next link, and its hash, bits reversed, which is its
 * place in the list's order. So a search stays on one cache line. */
static atomic_uint *next_of_node(uint32_t node)
{
    return (atomic_uint *)&node_at(node)->writer[0];
}
static uint32_t reversed_of_node(uint32_t node)
{
    return node_at(node)->writer[1];
}

static atomic_uint *next_of(uint32_t link)
{
    if (link & BUCKET_BIT)
        return &bucket_at(link & ~BUCKET_BIT)->next;
    return next_of_node(link);
}

static uint64_t order_of(uint32_t link)
{
    if (link == LINK_END)
        return UINT64_MAX;
    if (link & BUCKET_BIT)
        return order_of_bucket(link & ~BUCKET_BIT);
    return (uint64_t)reversed_of_node(link) << 1 | 1;
}

/* From `before` on, the last link whose order is below `order`; *after is the one behind it. */
static uint32_t seek(uint32_t before, uint64_t order, uint32_t *after)
{
    for (;;) {
        /* Acquire: pairs with the release that spliced the link in. */
        *after = atomic_load_explicit(next_of(before), memory_order_acquire);
        if (order_of(*after) >= order)
            return before;
        before = *after;
    }
}

/* Puts a bucket into the list, behind `before`, a link in front of its place. */
static void splice_bucket(uint32_t bucket, uint32_t before)
{
    uint32_t after;
    uint64_t order = order_of_bucket(bucket);
    do {
        before = seek(before, order, &after);
        atomic_store_explicit(&bucket_at(bucket)->next, after, memory_order_relaxed);
        /* Release: who meets the bucket in the list finds its next. */
    } while (!atomic_compare_exchange_strong_explicit(next_of(before), &after, bucket | BUCKET_BIT,
                                                      memory_order_release, memory_order_relaxed));
}

static uint32_t coarser(uint32_t bucket)
{
    return bucket & ~(0x80000000u >> __builtin_clz(bucket));
}

static uint32_t bucket_link(uint32_t bucket, bool may_wait);

/* First use of a bucket. One thread splices it; the others use a coarser one meanwhile, which
 * reaches the same nodes over a longer way. */
static __attribute__((noinline, cold)) uint32_t first_use(uint32_t bucket, bool may_wait)
{
    uint32_t before = bucket_link(coarser(bucket), may_wait);
    unsigned fresh = BUCKET_NEW;
    if (!chunk_table_reserve(&buckets, bucket, may_wait))
        return before;
    if (!atomic_compare_exchange_strong_explicit(&bucket_at(bucket)->state, &fresh, BUCKET_BUSY,
                                                 memory_order_acquire, memory_order_relaxed))
        return before;
    splice_bucket(bucket, before);
    /* Release: who starts here finds the bucket in the list. */
    atomic_store_explicit(&bucket_at(bucket)->state, BUCKET_READY, memory_order_release);
    return bucket | BUCKET_BIT;
}

static uint32_t bucket_link(uint32_t bucket, bool may_wait)
{
    unsigned chunk = chunk_table_chunk_of(&buckets, bucket);
    if (atomic_load_explicit(&buckets.chunk[chunk], memory_order_acquire) &&
        atomic_load_explicit(&bucket_at(bucket)->state, memory_order_acquire) == BUCKET_READY)
        return bucket | BUCKET_BIT;
    return first_use(bucket, may_wait);
}

/* Looks for the node among those of its hash, which follow `*before`. 0: not there; then `*before`
 * and `*after` are the two links that it belongs between. */
static uint32_t find_node(uint32_t *before, uint32_t *after, uint32_t hash, uint32_t parent,
                          uintptr_t address)
{
    uint64_t order = order_of_hash(hash);
    *before = seek(*before, order, after);
    while (order_of(*after) == order) {
        const struct trace_node *node = node_at(*after);
        if (node->address == address && node->parent == parent &&
            !(atomic_load_explicit(&some_are_gone, memory_order_relaxed) &&
              module_is_gone(node->module)))
            return *after;
        *before = *after;
        *after = atomic_load_explicit(next_of(*before), memory_order_acquire);
    }
    return 0;
}

/* A filled node that is not in the list yet; 0: no room. */
static uint32_t make_node(uint32_t hash, uint32_t parent, uintptr_t address, bool may_wait)
{
    uint64_t index;
    if (!chunk_table_claim(&trace_log_nodes, 1, may_wait, &index) || index > TRACE_NODE_MAX)
        return 0;
    struct trace_node *node = node_at((uint32_t)index);
    node->parent = parent;
    node->module = find_module(address);
    node->writer[1] = reverse_bits(hash);
    /* Release: a reader of the log that sees the address sees the rest. */
    __atomic_store_n(&node->address, address, __ATOMIC_RELEASE);
    uint32_t count = atomic_load_explicit(&bucket_count, memory_order_relaxed);
    if (index > (uint64_t)count * NODES_PER_BUCKET && count < BUCKET_BIT / 2)
        atomic_compare_exchange_strong_explicit(&bucket_count, &count, count * 2,
                                                memory_order_relaxed, memory_order_relaxed);
    return (uint32_t)index;
}

static __attribute__((noinline, cold)) uint32_t add_node(uint32_t before, uint32_t hash,
                                                         uint32_t parent, uintptr_t address,
                                                         bool may_wait)
{
    uint32_t made = make_node(hash, parent, address, may_wait);
    if (!made)
        return 0;
    for (;;) {
        uint32_t after;
        /* Another thread may have been faster; its node is the one, ours stays unused. */
        uint32_t found = find_node(&before, &after, hash, parent, address);
        if (found)
            return found;
        atomic_store_explicit(next_of_node(made), after, memory_order_relaxed);
        /* Release: who meets the node finds it filled. */
        if (atomic_compare_exchange_strong_explicit(next_of(before), &after, made,
                                                    memory_order_release, memory_order_relaxed))
            return made;
    }
}

uint32_t stack_table_intern(uint32_t parent, uintptr_t address, bool may_wait)
{
    uint32_t after;
    uint32_t hash = hash_of(parent, address);
    uint32_t mask = atomic_load_explicit(&bucket_count, memory_order_relaxed) - 1;
    uint32_t start = bucket_link(hash & mask, may_wait);
    uint32_t before = start;
    uint32_t found = find_node(&before, &after, hash, parent, address);
    return __builtin_expect(found != 0, 1) ? found
                                           : add_node(start, hash, parent, address, may_wait);
}

uint32_t stack_table_read(uint32_t node, uintptr_t *address)
{
    const struct trace_node *record = node_at(node);
    *address = record->address;
    return record->parent;
}

atomic_uint *stack_table_user(uint32_t node)
{
    return (atomic_uint *)&node_at(node)->writer[2];
}

void stack_table_forget(void)
{
    atomic_store_explicit(&some_are_gone, true, memory_order_release);
}

bool stack_table_begin(uint32_t (*module_of)(uintptr_t), bool (*is_gone)(uint32_t))
{
    find_module = module_of;
    module_is_gone = is_gone;
    if (!chunk_table_reserve(&buckets, 0, true) || !chunk_table_reserve(&trace_log_nodes, 0, true))
        return false;
    atomic_store_explicit(&bucket_count, 1u << FIRST_BUCKETS_LOG2, memory_order_relaxed);
    atomic_store_explicit(&bucket_at(0)->next, LINK_END, memory_order_relaxed);
    atomic_store_explicit(&bucket_at(0)->state, BUCKET_READY, memory_order_release);
    return true;
}

int64_t stack_table_check(void)
{
    int64_t count = 0;
    uint64_t last = 0;
    for (uint32_t link = BUCKET_BIT; link != LINK_END;
         link = atomic_load_explicit(next_of(link), memory_order_acquire)) {
        uint64_t order = order_of(link);
        if (order < last)
            return -1;
        last = order;
        if (link & BUCKET_BIT)
            continue;
        const struct trace_node *node = node_at(link);
        if (order != order_of_hash(hash_of(node->parent, node->address)) || node->parent >= link)
            return -1;
        count++;
    }
    return count;
}
