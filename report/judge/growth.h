/* growth.h: whether a stack's live memory grows without end, judged by a few tens of moments.
 *
 * One test for a trend on raw samples would not do: it finds one in every cache that fills and in
 * most of what goes up and down. So the floors of windows are looked at, the way up must not become
 * flatter, and blocks must grow with the bytes. README.md has how often that is wrong. */
#ifndef GROWTH_H
#define GROWTH_H

#include <stdint.h>

enum growth_kind {
    GROWTH_UNCLEAR, /* too few moments, or too short a time */
    GROWTH_STEADY,
    GROWTH_ENDLESS,
    GROWTH_LEVELS_OFF,
    GROWTH_UP_AND_DOWN,
    GROWTH_KINDS_COUNT
};

struct growth_point {
    double seconds;
    double bytes, blocks;
};

struct growth {
    enum growth_kind kind;
    double bytes_per_hour;  /* of ENDLESS, and the next four */
    double lowest, highest; /* where that lies with 95 % confidence */
    double confidence;      /* that there is growth at all, 0 to 1 */
    double since;           /* seconds */
};

enum { GROWTH_POINTS_MIN = 16, GROWTH_POINTS_MAX = 256 };

/* In order of time, at most GROWTH_POINTS_MAX. */
struct growth growth_judge(const struct growth_point *points, uint32_t count);

#endif
