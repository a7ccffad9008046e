/* Dominators and what each node keeps of graphs like heaps: each node is reached from a near one, a third point back to
 * their holder, a tenth point somewhere far: 2 edges a node. Prints nodes, edges, seconds of a processor and the process's peak in MiB. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "holders/dominators.h"

static uint64_t seed = 1;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(((seed >> 32) * below) >> 32);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The edges, as pairs; how many. */
static uint32_t make_edges(uint32_t nodes, uint32_t *from, uint32_t *to)
{
    uint32_t count = 0;

    for (uint32_t v = 1; v < nodes; v++) {
        uint32_t near = v < 64 ? v : 64, holder = v - 1 - draw(near);

        from[count] = holder;
        to[count++] = v;
        if (draw(3) == 0) {
            from[count] = v;
            to[count++] = holder;
        }
        if (draw(10) == 0) {
            from[count] = v;
            to[count++] = draw(nodes);
        }
        while (count < 2 * v && draw(2)) {
            from[count] = holder;
            to[count++] = v - draw(near);
        }
    }
    return count;
}

static struct flow make_flow(uint32_t nodes, uint32_t *edges)
{
    uint32_t *from = malloc(4ull * nodes * sizeof *from), *to = malloc(4ull * nodes * sizeof *to);
    uint32_t count = *edges = make_edges(nodes, from, to);
    uint32_t *first = calloc(nodes + 2ull, sizeof *first), *ends = malloc(count * sizeof *ends + 4);

    for (uint32_t e = 0; e < count; e++)
        first[from[e] + 2]++;
    for (uint32_t v = 0; v < nodes; v++)
        first[v + 2] += first[v + 1];
    for (uint32_t e = 0; e < count; e++)
        ends[first[from[e] + 1]++] = to[e];
    free(from);
    free(to);
    return (struct flow){nodes, first, ends};
}

int main(int count, char **arguments)
{
    uint32_t nodes = count > 1 ? (uint32_t)atol(arguments[1]) : 1000000, edges;
    struct flow flow = make_flow(nodes, &edges);
    uint64_t *kept = calloc(nodes, sizeof *kept), sum = 0;
    struct dominators dominators;
    struct rusage usage;

    double begun = now();
    dominators_find(&dominators, &flow);
    for (uint32_t i = dominators.reached; i-- > 1;)
        kept[dominators.of[dominators.order[i]]] += ++kept[dominators.order[i]];
    double seconds = now() - begun;
    getrusage(RUSAGE_SELF, &usage);
    for (uint32_t v = 0; v < nodes; v++)
        sum += kept[v];
    printf("%u %u %.2f %ld %llu\n", nodes, edges, seconds, usage.ru_maxrss / 1024, (unsigned long long)sum);
}
