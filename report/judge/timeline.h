/* timeline.h: the samples of a program's use of memory, thinned to what a screen can hold.
 *
 * The time from the start to the last sample is cut into equal parts. Of each part that has samples
 * the one with the most live bytes stays, so that no high is lost; the last sample stays always.
 * The peak, which lies between samples, gets a row of its own.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include <stdbool.h>
#include "read/model.h"

enum { TIMELINE_PARTS = 30, TIMELINE_ROWS_MAX = TIMELINE_PARTS + 2 };

struct timeline_row {
    struct trace_sample sample;
    bool is_peak;
};
struct timeline {
    struct timeline_row rows[TIMELINE_ROWS_MAX]; /* in order of time */
    uint32_t count;
};

void timeline_make(struct timeline *timeline, const struct model *model);

/* The peak, as exactly as the samples around it tell: the program took no sample in between. */
struct timeline_peak {
    uint64_t bytes, blocks;
    uint64_t after_ns;
    uint64_t before_ns;      /* 0: it came after the last sample */
    uint64_t resident_bytes; /* of the two samples the larger; 0: not known */
};
struct timeline_peak timeline_peak(const struct model *model);

#endif
