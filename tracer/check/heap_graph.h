/* heap_graph: who points at whom, written into the log by the leak check at the end: POINTERS and
 * ROOTS (trace_format.h).
 *
 * Optional (--heap-graph=yes). What a block holds besides pointers to blocks is not written, and of
 * a pointer only where it stands and where it leads. Bounded: what does not fit, or finds the disk
 * full, is counted. */
#ifndef HEAP_GRAPH_H
#define HEAP_GRAPH_H

#include "check/program_memory.h"
#include "check/reach.h"
#include "stop/stop_world.h"

#include <stdbool.h>

/* In this order. Before anybody is held: what only libunwind and the loader know. */
void heap_graph_prepare(const struct stopped_thread *here);
/* Where the check is made for, before its child is: makes room. */
void heap_graph_begin(const struct stopped_thread *here, const struct stopped_world *world);
/* Where the check is made, when all verdicts are known. false: there is no room, and nothing else
 * is to follow. */
bool heap_graph_open(struct reach *reach);
/* A thread; then its registers are told (reach_tell_words), from the address that this returns. */
uint64_t heap_graph_thread(const struct stopped_thread *thread, struct program_memory *memory);
/* Roots that are about to be scanned. */
void heap_graph_mapping(const struct mapping *mapping, uint64_t begin, uint64_t end);
void heap_graph_region(uint64_t begin, uint64_t end);
/* The block is in use without a pointer. */
void heap_graph_in_use(uint32_t index, enum trace_use use);
/* Tells the blocks, too, and writes the rest. */
void heap_graph_close(struct reach *reach);
/* Where the check was made for: enters the tables into the log, if they were finished. */
void heap_graph_end(void);

#endif
