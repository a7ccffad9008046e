/* dominators.h: which node is on all ways to another.
 *
 * A node dominates another if every way from node 0 to that one leads through it; the nearest of
 * those is its immediate dominator, and these make a tree: what would be lost if a node went is
 * what lies below it. Found by the semi-NCA algorithm (Georgiadis, Linear-Time Algorithms for
 * Dominators and Related Problems, 2005; Georgiadis, Tarjan and Werneck, Finding Dominators in
 * Practice, JGAA 10, 2006) on numbers of a search in depth. All arrays have words of 32 bits, and
 * nothing is recursive: a list of ten million blocks is as deep as it is long.
 */
#ifndef DOMINATORS_H
#define DOMINATORS_H

#include <stdint.h>

/* Edges of node v: to[first[v]] … to[first[v + 1] - 1]. */
struct flow {
    uint32_t count;
    const uint32_t *first;
    const uint32_t *to;
};

#define DOMINATOR_NONE UINT32_MAX

struct dominators {
    uint32_t *of;    /* by node; DOMINATOR_NONE: of node 0, and of what no way leads to */
    uint32_t *order; /* the nodes that ways lead to, each behind its dominator; node 0 first */
    uint32_t reached;
};

/* flow: one node or more. */
void dominators_find(struct dominators *dominators, const struct flow *flow);
void dominators_free(struct dominators *dominators);

#endif
