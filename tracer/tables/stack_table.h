/* stack_table: every call stack once, as a trie of frames, lock-free, in the log.
 *
 *     node = (parent node, return address); a stack is its innermost node (trace_format.h)
 *     the same (parent, address) is the same node, for any number of threads
 *
 * Each node has the root of a tree of its children, and two links into the tree that it is in
 * itself:
 *
 *     at depth d of a tree, bit 63 - d of hash(address) tells where to go on: 0 smaller, 1 larger
 *     a node lies on the way that its own hash leads along, the first made at the root
 *
 * (a digital search tree: Coffman and Eve, "File structures using hashing functions", 1970). A node
 * is put where its way ends, by one compare-and-swap of an empty link, and is never moved or
 * removed; so there is nothing else to write, no rehashing, no ABA to fear, and a search takes as
 * many steps as the logarithm of the number of siblings, and never more than 64: hash is
 * one-to-one. (Of addresses that several modules had one after another there may be more.) The
 * links are fields of the nodes that no reader looks at: what is made in a row lies in a row, and a
 * search reads from little else than what it looks for.
 *
 * Cost of a hit: a node for each sibling on the way, each a cache line that may be far away; so
 * callers remember what they interned lately (unwind does). Failure leaves: stack 0, "not known";
 * the caller counts it. */
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
/* The node (parent, address), made if need be. 0: no space. */
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
/* Checks that each node can be found; the count of nodes, or -1. */
int64_t stack_table_check(void);

#endif
