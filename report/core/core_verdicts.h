/* core_verdicts.h: what core_judge found, as a log's leak check. */
#ifndef CORE_VERDICTS_H
#define CORE_VERDICTS_H

#include "core/core_judge.h"
#include "core/log_out.h"

/* Adds VERDICTS and HEADS, and fills header.check and how the process ended, if it does not say. */
void core_verdicts_add(struct log_out *out, const struct image *image,
                       const struct core_judged *judged, const struct core_blocks *blocks);

#endif
