/* losses.h: what was not recorded, as notes.
 *
 * Each counter of struct trace_losses that is not 0 gives one; the table is note.def.
 */
#ifndef LOSSES_H
#define LOSSES_H

#include "read/model.h"

/* Adds them to the model's notes, and those of header.flags. */
void losses_note(struct model *model);

#endif
