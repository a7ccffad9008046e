#include "holders/components.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

#define COMPONENT_NONE UINT32_MAX

struct components {
    const struct flow *flow;
    uint32_t *of;
    uint32_t *low;  /* the lowest number that is reached; 0: the node was not met yet */
    uint32_t *next; /* edge */
    uint32_t *path; /* of the search */
    uint32_t *open; /* met, and of no component yet */
    uint32_t path_size, open_size;
    uint32_t met, count;
};

static void components_enter(struct components *components, uint32_t node)
{
    components->low[node] = ++components->met;
    components->next[node] = components->flow->first[node];
    components->path[components->path_size++] = node;
    components->open[components->open_size++] = node;
}

/* All behind the node that are open are of its component. */
static void components_close(struct components *components, uint32_t node)
{
    uint32_t last;

    do {
        last = components->open[--components->open_size];
        components->of[last] = components->count;
    } while (last != node);
    components->count++;
}

static void components_lower(struct components *components, uint32_t node, uint32_t low)
{
    if (low < components->low[node])
        components->low[node] = low;
}

/* number: that of the node itself, by which the root of a component is known. */
static void components_from(struct components *components, uint32_t root, uint32_t *number)
{
    components_enter(components, root);
    number[root] = components->met;
    while (components->path_size > 0) {
        uint32_t node = components->path[components->path_size - 1];

        if (components->next[node] < components->flow->first[node + 1]) {
            uint32_t to = components->flow->to[components->next[node]++];

            if (components->low[to] == 0) {
                components_enter(components, to);
                number[to] = components->met;
            } else if (components->of[to] == COMPONENT_NONE) {
                components_lower(components, node, number[to]);
            }
            continue;
        }
        components->path_size--;
        if (components->low[node] == number[node])
            components_close(components, node);
        if (components->path_size > 0)
            components_lower(components, components->path[components->path_size - 1],
                             components->low[node]);
    }
}

uint32_t components_find(const struct flow *flow, uint32_t *of)
{
    size_t count = flow->count ? flow->count : 1;
    struct components components = {.flow = flow,
                                    .of = of,
                                    .low = memory_zeroed(count, sizeof(uint32_t)),
                                    .next = memory_resized(NULL, count, sizeof(uint32_t)),
                                    .path = memory_resized(NULL, count, sizeof(uint32_t)),
                                    .open = memory_resized(NULL, count, sizeof(uint32_t))};
    uint32_t *number = memory_resized(NULL, count, sizeof *number);

    memset(of, 0xff, flow->count * sizeof *of);
    for (uint32_t node = 0; node < flow->count; node++)
        if (components.low[node] == 0)
            components_from(&components, node, number);
    free(components.low);
    free(components.next);
    free(components.path);
    free(components.open);
    free(number);
    return components.count;
}
