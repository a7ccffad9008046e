/* kept_tree.h: what is kept, as a tree: roots, below each the blocks that it keeps, by their
 * stacks.
 *
 * The tree of dominators, in which the children of one node that have one stack are one node, and
 * so is a row of blocks of one stack, each below the other: a list. What is too small for a picture
 * is left out.
 */
#ifndef KEPT_TREE_H
#define KEPT_TREE_H

#include "holders/holding.h"

enum { KEPT_TREE_DEPTH_MAX = 32, KEPT_TREE_SHARE = 1000 /* of all: smaller ones are left out */ };

struct kept_node {
    uint32_t depth; /* 1: a root, or a lost block that nobody holds */
    bool is_root;
    uint32_t number; /* of holding.names, or a stack */
    uint64_t own;    /* blocks of the stack that it stands for */
    struct kept kept;
};

struct kept_tree {
    struct kept_node *nodes; /* each in front of those below it, the largest first */
    uint32_t count, capacity;
};

/* holding: holding_retain was called. */
void kept_tree_make(struct kept_tree *tree, const struct holding *holding);
void kept_tree_free(struct kept_tree *tree);

#endif
