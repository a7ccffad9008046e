/* metric.h: what call stacks are measured by: --metric, and the columns of exports.
 *
 * LOST: blocks that are definitely, indirectly or possibly lost. TEMPORARY: allocations whose block
 * the same thread freed next. */
#ifndef METRIC_H
#define METRIC_H

#include <stdbool.h>

enum metric {
#define METRIC(id, name, words, is_bytes) METRIC_##id,
#include "base/metric.def"
    METRICS_COUNT
};

/* "in-use"; "bytes in use at the end" */
const char *metric_name(enum metric metric);
const char *metric_words(enum metric metric);
bool metric_is_bytes(enum metric metric);

#endif
