/* stack_table: every call stack once, as a trie of frames, lock-free, in the log.
 *
 *     node = (parent node, return address); a stack is its innermost node (trace_format.h)
 *     the same (parent, address) is the same node, for any number of threads
 *
 * Nodes are found through a split-ordered list (Shalev and Shavit, "Split-Ordered Lists: Lock-Free
 * Extensible Hash Tables", 2003): one list of all nodes in the order of their bit-reversed hashes,
 * and an array of buckets that point into it. The array doubles by announcing twice the count; a
 * new bucket is spliced into the list when it is first used, so nothing is ever rehashed or moved.
 * Nodes are never removed, which makes every step a plain compare-and-swap with no ABA to fear.
 * The list runs through fields of the nodes that no reader looks at; the buckets are private
 * memory.
 *
 * Cost of a hit: a bucket, then on average one or two links, each a cache line that may be far
 * away; so callers remember what they interned lately (unwind does). Failure leaves: stack 0, "not
 * known"; the caller counts it. */
#ifndef STACK_TABLE_H
#define STACK_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Called once, with one thread. false: no memory. `module_of` tells the module of a new address,
 * and `is_gone` whether a module was unloaded: nodes in it are never found again, so that an
 * address that another library takes over gets nodes of its own. */
bool stack_table_begin(uint32_t (*module_of)(uintptr_t address), bool (*is_gone)(uint32_t module));
/* Modules have gone: is_gone is asked from now on. */
void stack_table_forget(void);
/* The node (parent, address), made if need be. 0: no room. */
uint32_t stack_table_intern(uint32_t parent, uintptr_t address, bool may_wait);
/* Reads a node back: its parent, and its address through `address`. */
uint32_t stack_table_read(uint32_t node, uintptr_t *address);
static inline uint32_t stack_table_parent(uint32_t node)
{
    uintptr_t address;
    return stack_table_read(node, &address);
}
static inline uintptr_t stack_table_address(uint32_t node)
{
    uintptr_t address;
    stack_table_read(node, &address);
    return address;
}
/* A word of the node for a user of the table; 0 at first. */
atomic_uint *stack_table_user(uint32_t node);
/* Checks the list's order and every node's place; the count of nodes, or -1. */
int64_t stack_table_check(void);

#endif
