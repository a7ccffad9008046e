/* heap_graph_roots: what is known of the memory that pointers are looked for in first: whose stack,
 * which function's frame, whose thread-local variables (ROOTS in trace_format.h). */
#ifndef HEAP_GRAPH_ROOTS_H
#define HEAP_GRAPH_ROOTS_H

#include "check/program_memory.h"
#include "stop/stop_world.h"
#include "trace_format.h"

#include <stdbool.h>

/* As heap_graph's. */
void heap_graph_roots_prepare(const struct stopped_thread *here);
bool heap_graph_roots_begin(const struct stopped_thread *here, const struct stopped_world *world);
uint64_t heap_graph_roots_thread(const struct stopped_thread *thread,
                                 struct program_memory *memory);
void heap_graph_roots_add(const struct trace_root *root);
/* All of them; how many found no room in *lost. */
const struct trace_root *heap_graph_roots_all(size_t *count, uint64_t *lost);

#endif
