/* components.h: which nodes lead to one another.
 *
 * Strongly connected components, found by Tarjan's algorithm (Depth-First Search and Linear Graph
 * Algorithms, SIAM Journal on Computing 1, 1972), without recursion.
 */
#ifndef COMPONENTS_H
#define COMPONENTS_H

#include <stdint.h>
#include "holders/dominators.h"

/* of: by node, the component's number, 0 … ; a component has a lower number than those that lead to
 * it. Returns how many there are. */
uint32_t components_find(const struct flow *flow, uint32_t *of);

#endif
