/* moves: what realloc did, by call stack: into MOVES (trace_format.h). */
#ifndef MOVES_H
#define MOVES_H

#include <stddef.h>
#include <stdint.h>

/* A call of realloc that was given a block. `copied`: bytes, 0 where the block stayed. */
void moves_count(uint32_t stack, uint64_t copied);

#endif
