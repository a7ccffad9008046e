/* xtree.h: valgrind's execution trees: the leaks of a process, or what it allocated, by its call
 * graph, with valgrind's events. */
#ifndef XTREE_H
#define XTREE_H

#include "views/callgrind/callgrind_graph.h"

void xtree_leak(FILE *out, const struct report *report);
void xtree_memory(FILE *out, const struct report *report);

#endif
