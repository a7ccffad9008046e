/* export_stacks.h: the call stacks of a JSON document's process, put into a model.
 *
 * A frame of the document is one source position; those of one address, of which all but the
 * outermost are inlined, are one frame of the model, with its names. */
#ifndef EXPORT_STACKS_H
#define EXPORT_STACKS_H

#include "base/document.h"
#include "read/model.h"

struct export_stacks {
    uint32_t *stacks; /* of the model, by the document's */
    uint32_t count;
    struct position **positions; /* of the model's frames; their texts are the document's */
    size_t position_count, position_capacity;
};

/* The model has its modules. depth: of a stack so many frames. */
void export_stacks_read(struct export_stacks *to, const struct document_value *process,
                        uint32_t depth, struct model *model);
/* The model's number of the document's stack; 0: it has none. */
uint32_t export_stacks_number(const struct export_stacks *stacks, uint64_t number);
/* After the last use of the model's names. */
void export_stacks_free(struct export_stacks *stacks);

#endif
