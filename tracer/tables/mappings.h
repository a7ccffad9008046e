/* mappings: what the program mapped itself, and has not unmapped, by call stack: into MAPPINGS
 * (trace_format.h).
 *
 * No two overlap: what is mapped over others takes their place. One caller at a time; each takes a
 * search in an array of numbers, which lies in private memory in the order of the addresses. */
#ifndef MAPPINGS_H
#define MAPPINGS_H

#include <stdbool.h>
#include <stdint.h>

struct trace_mapping;

/* Called first. false: no memory. */
bool mappings_begin(void);
/* [begin, end) is the program's now; kind: enum trace_root_mapping. */
void mappings_put(uint64_t begin, uint64_t end, uint32_t stack, uint32_t kind);
/* Nothing of [begin, end) is mapped any longer. */
void mappings_cut(uint64_t begin, uint64_t end);
/* The kind of what lies there, or `otherwise`. */
uint32_t mappings_kind_at(uint64_t address, uint32_t otherwise);
/* In no order. */
void mappings_for_each(void (*visit)(void *context, struct trace_mapping *mapping), void *context);

#endif
