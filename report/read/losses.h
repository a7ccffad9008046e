/* losses.h: what was not recorded, as sentences.
 *
 * Each counter of struct trace_losses that is not 0 gives one; the table is losses.c.
 */
#ifndef LOSSES_H
#define LOSSES_H

#include "read/model.h"

/* Adds the sentences to the model's notes, and those of header.flags. */
void losses_note(struct model *model);

#endif
