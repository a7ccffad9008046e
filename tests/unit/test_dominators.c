/* Dominators and components of random graphs against brute force: remove a node, and search again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "holders/components.h"
#include "holders/dominators.h"

#define NODES_MAX 40u
#define EDGES_MAX 200u

static uint32_t first[NODES_MAX + 1], to[EDGES_MAX];
static struct flow flow = {0, first, to};
static uint64_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((seed >> 33) % below);
}

/* Of the kinds that matter: sparse and dense, lists linked both ways, self loops, parallel edges.
 */
static void draw_graph(void)
{
    uint32_t degree = 1 + draw(4), count = 0;

    flow.count = 1 + draw(NODES_MAX);
    for (uint32_t v = 0; v < flow.count; v++) {
        first[v] = count;
        for (uint32_t e = draw(degree + 1); e > 0; e--)
            to[count++] =
                draw(3) ? draw(flow.count) : (v + (draw(2) ? 1 : flow.count - 1)) % flow.count;
    }
    first[flow.count] = count;
}

/* What is reached from `start` without going through `without`. */
static void reach_from(uint32_t start, uint32_t without, bool *reached)
{
    uint32_t stack[NODES_MAX], depth = 0;

    memset(reached, 0, NODES_MAX);
    if (start == without)
        return;
    reached[stack[depth++] = start] = true;
    while (depth > 0) {
        uint32_t v = stack[--depth];

        for (uint32_t e = first[v]; e < first[v + 1]; e++)
            if (to[e] != without && !reached[to[e]])
                reached[stack[depth++] = to[e]] = true;
    }
}

/* What each node keeps, summed up the tree, is what cannot be reached without it. */
static void check_retained(const struct dominators *dominators)
{
    uint64_t kept[NODES_MAX], size[NODES_MAX];
    bool all[NODES_MAX], rest[NODES_MAX];

    for (uint32_t v = 0; v < flow.count; v++)
        kept[v] = size[v] = 1 + draw(1000);
    for (uint32_t i = dominators->reached; i-- > 1;)
        kept[dominators->of[dominators->order[i]]] += kept[dominators->order[i]];
    reach_from(0, DOMINATOR_NONE, all);
    for (uint32_t v = 0; v < flow.count; v++) {
        uint64_t lost = 0;

        reach_from(0, v, rest);
        for (uint32_t u = 0; u < flow.count; u++)
            lost += all[u] && !rest[u] ? size[u] : 0;
        assert_int_equal(all[v], v == 0 || dominators->of[v] != DOMINATOR_NONE);
        if (all[v])
            assert_int_equal(kept[v], lost);
    }
}

static void retained_sizes_are_those_of_brute_force(void **state)
{
    seed = 1;
    for (unsigned round = 0; round < 1000; round++) {
        struct dominators dominators;

        draw_graph();
        dominators_find(&dominators, &flow);
        check_retained(&dominators);
        dominators_free(&dominators);
    }
}

static void components_lead_to_one_another(void **state)
{
    seed = 2;
    for (unsigned round = 0; round < 1000; round++) {
        uint32_t of[NODES_MAX];
        bool reached[NODES_MAX][NODES_MAX];

        draw_graph();
        uint32_t count = components_find(&flow, of);
        for (uint32_t v = 0; v < flow.count; v++)
            reach_from(v, DOMINATOR_NONE, reached[v]);
        for (uint32_t v = 0; v < flow.count; v++)
            for (uint32_t u = 0; u < flow.count; u++) {
                assert_true(of[v] < count);
                assert_int_equal(of[v] == of[u], reached[v][u] && reached[u][v]);
                assert_true(!reached[v][u] || of[u] <= of[v]);
            }
    }
}

/* --- shapes that are hard for others ------------------------------------- */

static struct flow shape(uint32_t count, uint32_t edges)
{
    uint32_t *begin = calloc(count + 1, sizeof *begin), *ends = calloc(edges, sizeof *ends);
    return (struct flow){count, begin, ends};
}

static void drop_shape(struct flow *made)
{
    free((void *)made->first);
    free((void *)made->to);
}

/* A list linked both ways, held at both ends: where iteration takes as many passes as blocks. */
static void long_list_held_at_both_ends(void **state)
{
    const uint32_t n = 1000000;
    struct flow list = shape(n + 1, 2 * n + 2);
    uint32_t *begin = (uint32_t *)list.first, *ends = (uint32_t *)list.to, count = 0;
    struct dominators dominators;

    ends[count++] = 1;
    ends[count++] = n;
    for (uint32_t v = 1; v <= n; v++) {
        begin[v] = count;
        if (v > 1)
            ends[count++] = v - 1;
        if (v < n)
            ends[count++] = v + 1;
    }
    begin[n + 1] = count;
    dominators_find(&dominators, &list);
    for (uint32_t v = 1; v <= n; v++)
        assert_int_equal(dominators.of[v], 0);
    dominators_free(&dominators);
    drop_shape(&list);
}

static void long_chain(void **state)
{
    const uint32_t n = 1000000;
    struct flow chain = shape(n, n);
    uint32_t *begin = (uint32_t *)chain.first, *ends = (uint32_t *)chain.to;
    uint32_t *of = calloc(n, sizeof *of);
    struct dominators dominators;

    for (uint32_t v = 0; v < n; v++) {
        begin[v] = v;
        ends[v] = v + 1 < n ? v + 1 : v;
    }
    begin[n] = n;
    dominators_find(&dominators, &chain);
    for (uint32_t v = 1; v < n; v++)
        assert_int_equal(dominators.of[v], v - 1);
    assert_int_equal(components_find(&chain, of), n);
    free(of);
    dominators_free(&dominators);
    drop_shape(&chain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retained_sizes_are_those_of_brute_force),
        cmocka_unit_test(components_lead_to_one_another),
        cmocka_unit_test(long_list_held_at_both_ends),
        cmocka_unit_test(long_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
