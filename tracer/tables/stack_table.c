#include "tables/stack_table.h"

#include "log/trace_log.h"

/* What a node holds for the table, and for its user: links and a word of the user's. */
enum { CHILDREN = 0, SMALLER = 1, LARGER = 2, USER = 3 };

static uint32_t (*find_module)(uintptr_t address);
static bool (*module_is_gone)(uint32_t module);
static atomic_bool some_are_gone;

static inline struct trace_node *node_at(uint32_t node)
{
    return chunk_table_at_with(&trace_log_nodes, node, TRACE_LOG_NODES_LOG2,
                               sizeof(struct trace_node));
}

static inline atomic_uint *word_of(uint32_t node, unsigned word)
{
    return (atomic_uint *)&node_at(node)->writer[word];
}

/* Where a search is in a tree of siblings: a link, and the turns to take from there on, first one
 * on top. */
struct cursor {
    atomic_uint *link;
    uint64_t turns;
};

/* Multiples of the golden ratio lie evenly, and no two addresses have the same. */
static inline struct cursor cursor_among_children(uint32_t parent, uintptr_t address)
{
    return (struct cursor){word_of(parent, CHILDREN), address * 0x9e3779b97f4a7c15u};
}

static inline void step_past(struct cursor *cursor, struct trace_node *node)
{
    cursor->link = (atomic_uint *)&node->writer[cursor->turns >> 63 ? LARGER : SMALLER];
    cursor->turns <<= 1;
}

static inline bool is_gone(const struct trace_node *node)
{
    return __builtin_expect(atomic_load_explicit(&some_are_gone, memory_order_relaxed), 0) &&
           module_is_gone(node->module);
}

/* From `cursor` on. 0: not there; then `cursor` is where it belongs. */
static inline uint32_t find_node(struct cursor *cursor, uintptr_t address)
{
    for (;;) {
        /* Acquire: pairs with the release that put the node there. */
        uint32_t link = atomic_load_explicit(cursor->link, memory_order_acquire);
        if (link == 0)
            return 0;
        struct trace_node *node = node_at(link);
        if (node->address == address && !is_gone(node))
            return link;
        step_past(cursor, node);
    }
}

/* A filled node that is in no tree yet; 0: no space. */
static uint32_t make_node(uint32_t parent, uintptr_t address, bool may_wait)
{
    uint64_t index;
    if (!chunk_table_claim(&trace_log_nodes, 1, may_wait, &index) || index > TRACE_NODE_MAX)
        return 0;
    struct trace_node *node = node_at((uint32_t)index);
    node->parent = parent;
    node->module = find_module(address);
    /* Release: a reader of the log that sees the address sees the rest. */
    __atomic_store_n(&node->address, address, __ATOMIC_RELEASE);
    return (uint32_t)index;
}

static __attribute__((noinline, cold)) uint32_t add_node(struct cursor cursor, uint32_t parent,
                                                         uintptr_t address, bool may_wait)
{
    uint32_t made = make_node(parent, address, may_wait);
    if (!made)
        return 0;
    for (;;) {
        uint32_t none = 0;
        /* Release: who meets the node finds it filled. */
        if (atomic_compare_exchange_strong_explicit(cursor.link, &none, made, memory_order_release,
                                                    memory_order_relaxed))
            return made;
        /* Another thread was faster; if its node is the one, ours stays unused. */
        uint32_t found = find_node(&cursor, address);
        if (found)
            return found;
    }
}

uint32_t stack_table_intern(uint32_t parent, uintptr_t address, bool may_wait)
{
    struct cursor cursor = cursor_among_children(parent, address);
    uint32_t found = find_node(&cursor, address);
    return __builtin_expect(found != 0, 1) ? found : add_node(cursor, parent, address, may_wait);
}

uint32_t stack_table_read(uint32_t node, uintptr_t *address)
{
    const struct trace_node *record = node_at(node);
    *address = record->address;
    return record->parent;
}

atomic_uint *stack_table_user(uint32_t node)
{
    return word_of(node, USER);
}

void stack_table_forget(void)
{
    atomic_store_explicit(&some_are_gone, true, memory_order_release);
}

bool stack_table_begin(uint32_t (*module_of)(uintptr_t), bool (*module_gone)(uint32_t))
{
    find_module = module_of;
    module_is_gone = module_gone;
    return chunk_table_reserve(&trace_log_nodes, 0, true);
}

/* Whether the search for a node finds it. */
static bool is_listed(uint32_t node)
{
    struct cursor cursor = cursor_among_children(node_at(node)->parent, node_at(node)->address);
    for (;;) {
        uint32_t link = atomic_load_explicit(cursor.link, memory_order_acquire);
        if (link == 0 || link == node)
            return link != 0;
        step_past(&cursor, node_at(link));
    }
}

int64_t stack_table_check(void)
{
    int64_t count = 0;
    uint64_t claimed = atomic_load_explicit(&trace_log_nodes.count, memory_order_acquire);
    for (uint32_t i = TRACE_NODE_FIRST; i < claimed && chunk_table_reserve(&trace_log_nodes, i, 0);
         i++) {
        const struct trace_node *node = node_at(i);
        if (node->address == 0) /* claimed, and there was no space for it */
            continue;
        if (node->parent >= i)
            return -1;
        struct cursor cursor = cursor_among_children(node->parent, node->address);
        if (is_listed(i))
            count++;
        else if (find_node(&cursor, node->address) == 0)
            return -1;
    }
    return count;
}
