/* load.h: from a log to a model.
 *
 * Knows what the records of trace_format.h mean. Never fails: what a damaged or unfinished log
 * does not hold is left out and said in the model's notes, each kind of damage once and counted.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdint.h>
#include "read/log_reader.h"
#include "read/model.h"

/* Fills a model that model_init has made. depth: frames of a stack to take over, 1 or more. */
void load_log(const struct log_reader *reader, uint32_t depth, struct model *model);

#endif
