/* own_trim.h: cuts the model's stacks to --num-callers, counted from the first own frame: --own.
 *
 * Stacks that are the same then are one, as they would be had they been loaded so.
 */
#ifndef OWN_TRIM_H
#define OWN_TRIM_H

#include "judge/own/own_stack.h"

/* Before blocks are grouped. All stacks must have been symbolized. */
void own_trim(struct model *model, struct owners *owners);

#endif
