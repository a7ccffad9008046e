/* callgrind_graph.h: a call graph with its costs, as callgrind_annotate and KCachegrind read it.
 *
 * A graph knows who calls whom and no more: A->B->malloc and C->B->malloc are one B in it. A
 * function that calls itself costs what it and all it calls cost, once: the call to itself is left
 * out. Where functions call each other in a circle, readers count the circle's cost more than once.
 */
#ifndef CALLGRIND_GRAPH_H
#define CALLGRIND_GRAPH_H

#include <stdio.h>
#include "views/renderer.h"

struct callgrind_events {
    unsigned count;
    const char *const *names, *const *words;
    uint64_t *const *stacks; /* of each event, a value for each of the model's stacks; NULL: none */
    int calls;               /* the event that says how often functions were called; -1: none */
    bool without_allocators; /* malloc's cost is its caller's */
    bool as_valgrind;        /* no frame stands for callers that are left out: a line says it */
};

/* Behind the lines that say who made the file. All stacks must have been symbolized. */
void callgrind_graph(FILE *out, const struct report *report, const struct callgrind_events *events);

#endif
