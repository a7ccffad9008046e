/* hints.h: what may keep somebody from finding what he looks for, as notes of the model: an
 * allocator that the tracer does not see, memory that is in no block, a peak. Each only where the
 * log shows that it is so. */
#ifndef HINTS_H
#define HINTS_H

#include "base/options.h"
#include "judge/group.h"

/* What is outside of malloc is told from so many bytes on, and a peak from so many. */
#define HINT_OUTSIDE_LEAST (64u << 20)
#define HINT_PEAK_LEAST    (1u << 20)

/* From so many stacks on a sum by line says more than the records do, and from so many blocks on
 * one stack is told from others. */
#define HINT_STACKS_LEAST 10
#define HINT_BLOCKS_LEAST 3

void hints_note(const struct options *options, struct model *model);
/* The same of what the report's list leaves out: when its records are selected. */
void hints_note_records(const struct options *options, struct model *model,
                        const struct loss_records *records);

#endif
