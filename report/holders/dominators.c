#include "holders/dominators.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

/* Nodes by their numbers in the search: 0 … reached - 1. */
struct search {
    const struct flow *flow;
    uint32_t *number; /* by node; DOMINATOR_NONE: not reached */
    uint32_t *order;  /* by number: the node */
    uint32_t *parent; /* by number: in the search's tree; later the immediate dominator */
    uint32_t *ancestor, *label, *semi;
    uint32_t *from_first, *from; /* edges backwards, numbers */
    uint32_t *scratch;           /* as many as there are nodes */
    uint32_t reached;
};

static uint32_t *dominators_array(size_t count)
{
    return memory_resized(NULL, count ? count : 1, sizeof(uint32_t));
}

/* --- the search ---------------------------------------------------------- */

static void dominators_visit(struct search *search, uint32_t node, uint32_t parent)
{
    search->number[node] = search->reached;
    search->parent[search->reached] = parent;
    search->order[search->reached++] = node;
}

/* The parents of a node are the way back, so no stack is needed: scratch has each node's next edge.
 */
static void dominators_search(struct search *search)
{
    const struct flow *flow = search->flow;
    uint32_t at = 0;

    memset(search->number, 0xff, flow->count * sizeof *search->number);
    memcpy(search->scratch, flow->first, flow->count * sizeof *search->scratch);
    dominators_visit(search, 0, DOMINATOR_NONE);
    while (at != DOMINATOR_NONE) {
        uint32_t node = search->order[at];

        if (search->scratch[node] == flow->first[node + 1]) {
            at = search->parent[at];
            continue;
        }
        uint32_t to = flow->to[search->scratch[node]++];
        if (search->number[to] == DOMINATOR_NONE) {
            dominators_visit(search, to, at);
            at = search->reached - 1;
        }
    }
}

static void dominators_turn_edges(struct search *search)
{
    const struct flow *flow = search->flow;
    uint32_t *first = search->from_first = memory_zeroed(search->reached + 1u, sizeof *first);

    for (uint32_t w = 0; w < search->reached; w++)
        for (uint32_t e = flow->first[search->order[w]]; e < flow->first[search->order[w] + 1]; e++)
            first[search->number[flow->to[e]] + 1]++;
    for (uint32_t w = 0; w < search->reached; w++)
        first[w + 1] += first[w];
    search->from = dominators_array(first[search->reached]);
    memcpy(search->scratch, first, search->reached * sizeof *first);
    for (uint32_t w = 0; w < search->reached; w++)
        for (uint32_t e = flow->first[search->order[w]]; e < flow->first[search->order[w] + 1]; e++)
            search->from[search->scratch[search->number[flow->to[e]]]++] = w;
}

/* --- semidominators ------------------------------------------------------ */

/* The lowest semidominator on the way from v up to the tree's root, which is w or lower; the way is
 * made short for the next time. From the top down, so that each takes over what the one above has
 * found: scratch is the way. */
static uint32_t dominators_evaluate(struct search *search, uint32_t v, uint32_t w)
{
    uint32_t *ancestor = search->ancestor, *label = search->label, *way = search->scratch;
    uint32_t depth = 0;

    if (v <= w)
        return v;
    for (uint32_t u = v; ancestor[u] > w; u = ancestor[u])
        way[depth++] = u;
    while (depth-- > 0) {
        uint32_t u = way[depth], above = ancestor[u];

        if (label[above] < label[u])
            label[u] = label[above];
        ancestor[u] = ancestor[above];
    }
    return label[v];
}

static void dominators_find_semi(struct search *search)
{
    for (uint32_t w = 0; w < search->reached; w++) {
        search->ancestor[w] = search->parent[w];
        search->label[w] = w;
    }
    for (uint32_t w = search->reached; w-- > 1;) {
        uint32_t least = search->parent[w];

        for (uint32_t e = search->from_first[w]; e < search->from_first[w + 1]; e++) {
            uint32_t found = dominators_evaluate(search, search->from[e], w);

            if (found < least)
                least = found;
        }
        search->semi[w] = search->label[w] = least;
    }
}

/* The nearest of the parent's dominators that is no deeper than the semidominator. */
static void dominators_climb(struct search *search)
{
    for (uint32_t w = 1; w < search->reached; w++)
        while (search->parent[w] > search->semi[w])
            search->parent[w] = search->parent[search->parent[w]];
}

/* --- all of it ----------------------------------------------------------- */

static void dominators_hand_over(struct dominators *dominators, struct search *search)
{
    dominators->order = search->order;
    dominators->reached = search->reached;
    dominators->of = search->number;
    memset(dominators->of, 0xff, search->flow->count * sizeof *dominators->of);
    for (uint32_t w = 1; w < search->reached; w++)
        dominators->of[search->order[w]] = search->order[search->parent[w]];
}

void dominators_find(struct dominators *dominators, const struct flow *flow)
{
    struct search search = {.flow = flow,
                            .number = dominators_array(flow->count),
                            .order = dominators_array(flow->count),
                            .parent = dominators_array(flow->count),
                            .scratch = dominators_array(flow->count)};

    dominators_search(&search);
    dominators_turn_edges(&search);
    search.ancestor = dominators_array(search.reached);
    search.label = dominators_array(search.reached);
    search.semi = dominators_array(search.reached);
    dominators_find_semi(&search);
    dominators_climb(&search);
    dominators_hand_over(dominators, &search);
    free(search.parent);
    free(search.scratch);
    free(search.ancestor);
    free(search.label);
    free(search.semi);
    free(search.from_first);
    free(search.from);
}

void dominators_free(struct dominators *dominators)
{
    free(dominators->of);
    free(dominators->order);
    memset(dominators, 0, sizeof *dominators);
}
