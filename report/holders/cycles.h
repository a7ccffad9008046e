/* cycles.h: which lost blocks hold one another, and which pointer alone ends that.
 *
 * Of each definitely lost block that lies on a cycle: the shortest way from it back to itself.
 * Equal ones, through blocks of the same stacks and pointers at the same places, are one cycle with
 * a count. A pointer ends a cycle if without it, and without those at the same place of other
 * blocks of its stack, none of the blocks that lead to one another still does.
 */
#ifndef CYCLES_H
#define CYCLES_H

#include <stdbool.h>
#include <stdint.h>
#include "read/model.h"
#include "symbols/symbolize.h"

struct cycle_step {
    uint32_t block;
    uint64_t offset; /* of the pointer to the next one, or from the last one to the first */
    uint64_t inside; /* where in that one it leads */
};

struct cycle {
    uint64_t count;
    uint64_t bytes, blocks; /* lost in all of them, and what is lost only through them */
    struct cycle_step *steps;
    uint32_t step_count;
    uint32_t members; /* blocks that lead to one another: as many as steps, or more */
    uint32_t ends_at; /* the step whose pointer ends it; UINT32_MAX: none does alone */
};

struct cycles {
    struct cycle *cycles; /* the one with the most bytes first */
    uint32_t count, capacity;
};

/* None where the model has no graph. */
void cycles_find(struct cycles *cycles, const struct model *model);
/* The stacks of the steps. */
void cycles_symbolize(const struct cycles *cycles, const struct model *model,
                      struct symbolizer *symbolizer);
void cycles_free(struct cycles *cycles);

#endif
