#include "judge/growth.h"
#include <stdbool.h>
#include <stdlib.h>

enum { WINDOWS = 8, FLOORS = WINDOWS - 1 }; /* the first window is warming up */

#define GROWTH_SHARE  0.03 /* of the level: less is no growth */
#define GROWTH_BLOCKS 4.0
#define GROWTH_SLOWED 0.5 /* of the slope before: less is a way to a level */
#define GROWTH_CHANCE 0.02
#define GROWTH_SWING  0.25 /* of the highest: a way up and down */
#define GROWTH_SWINGS 2

/* --- floors -------------------------------------------------------------- */

struct growth_floor {
    double seconds, bytes, blocks;
};

static void growth_find_floors(struct growth_floor floors[FLOORS],
                               const struct growth_point *points, uint32_t count)
{
    for (uint32_t window = 1; window < WINDOWS; window++) {
        uint32_t first = window * count / WINDOWS, end = (window + 1) * count / WINDOWS;
        struct growth_floor *floor = &floors[window - 1];

        *floor = (struct growth_floor){(points[first].seconds + points[end - 1].seconds) / 2,
                                       points[first].bytes, points[first].blocks};
        for (uint32_t i = first + 1; i < end; i++) {
            if (points[i].bytes < floor->bytes)
                floor->bytes = points[i].bytes;
            if (points[i].blocks < floor->blocks)
                floor->blocks = points[i].blocks;
        }
    }
}

/* Kendall's: by how many pairs more go up than down. */
static int growth_score(const struct growth_floor floors[FLOORS])
{
    int score = 0;

    for (int i = 0; i < FLOORS; i++)
        for (int k = i + 1; k < FLOORS; k++)
            score += (floors[k].bytes > floors[i].bytes) - (floors[k].bytes < floors[i].bytes);
    return score;
}

/* The chance of such a score, or a higher one, where there is no trend: of the 5,040 orders of
 * seven floors, how many have so few pairs that go down. */
static double growth_chance(int score)
{
    static const int orders[] = {1, 6, 20, 49, 98, 169, 259, 359, 455, 531, 573};
    int downs = (FLOORS * (FLOORS - 1) / 2 - score) / 2, as_good = 0;

    if (score <= 0)
        return 1;
    for (int i = 0; i <= downs; i++)
        as_good += orders[i];
    return as_good / 5040.0;
}

/* --- slopes -------------------------------------------------------------- */

static int growth_compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Newton's: libm is one library more. */
static double growth_root(double square)
{
    double root = square > 1 ? square : 1;

    for (int i = 0; i < 64; i++)
        root = (root + square / root) / 2;
    return root;
}

/* Theil's and Sen's: the median of all pairs' slopes, and where it lies with 95 % confidence. */
static void growth_find_slope(struct growth *growth, const struct growth_point *points,
                              uint32_t count)
{
    uint32_t pairs = 0;
    double *slopes = malloc(count * (count - 1) / 2 * sizeof *slopes);
    double n = count, reach = 1.96 * growth_root(n * (n - 1) * (2 * n + 5) / 18);

    if (!slopes)
        return;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = i + 1; k < count; k++)
            if (points[k].seconds > points[i].seconds)
                slopes[pairs++] =
                    (points[k].bytes - points[i].bytes) / (points[k].seconds - points[i].seconds);
    if (pairs) {
        double low = (pairs - reach) / 2, high = (pairs + reach) / 2;

        qsort(slopes, pairs, sizeof *slopes, growth_compare);
        growth->bytes_per_hour = 3600 * slopes[pairs / 2];
        growth->lowest = 3600 * slopes[low > 0 ? (uint32_t)low : 0];
        growth->highest = 3600 * slopes[high < pairs ? (uint32_t)high : pairs - 1];
    }
    free(slopes);
}

static double growth_slope(const struct growth_floor *from, const struct growth_floor *to)
{
    return to->seconds > from->seconds ? (to->bytes - from->bytes) / (to->seconds - from->seconds)
                                       : 0;
}

/* --- the verdict --------------------------------------------------------- */

static double growth_highest(const struct growth_point *points, uint32_t count)
{
    double highest = 0;

    for (uint32_t i = 0; i < count; i++)
        if (points[i].bytes > highest)
            highest = points[i].bytes;
    return highest;
}

static bool growth_is_much(const struct growth_floor floors[FLOORS])
{
    const struct growth_floor *first = &floors[0], *last = &floors[FLOORS - 1];

    return last->bytes - first->bytes > GROWTH_SHARE * last->bytes;
}

static bool growth_goes_on(const struct growth_floor floors[FLOORS])
{
    const struct growth_floor *third = &floors[FLOORS * 2 / 3];
    double before = growth_slope(&floors[0], third);

    return growth_slope(third, &floors[FLOORS - 1]) >= GROWTH_SLOWED * before;
}

static bool growth_is_endless(const struct growth_floor floors[FLOORS])
{
    int ups = 0;

    for (int i = 1; i < FLOORS; i++)
        ups += floors[i].bytes > floors[i - 1].bytes;
    return growth_chance(growth_score(floors)) < GROWTH_CHANCE && ups >= FLOORS - 2 &&
           growth_is_much(floors) && growth_goes_on(floors) &&
           floors[FLOORS - 1].blocks - floors[0].blocks >= GROWTH_BLOCKS;
}

/* How often it comes down by most of what it goes up and down at all. */
static bool growth_swings(const struct growth_point *points, uint32_t count)
{
    double lowest = points[0].bytes, highest = growth_highest(points, count), top = 0;
    int swings = 0;

    for (uint32_t i = 0; i < count; i++)
        if (points[i].bytes < lowest)
            lowest = points[i].bytes;
    if (highest - lowest < GROWTH_SWING * highest)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (points[i].bytes > top)
            top = points[i].bytes;
        if (top - points[i].bytes > (highest - lowest) / 2) {
            swings++;
            top = points[i].bytes;
        }
    }
    return swings >= GROWTH_SWINGS;
}

static double growth_begin(const struct growth_floor floors[FLOORS], double first)
{
    double rise = floors[FLOORS - 1].bytes - floors[0].bytes;

    for (int i = FLOORS - 1; i >= 0; i--)
        if (floors[i].bytes <= floors[0].bytes + rise / 20)
            return i ? floors[i].seconds : first;
    return first;
}

/* What began later is no way to a level that goes on more slowly: before, there was less of it. */
static bool growth_began(const struct growth_point *points, uint32_t from,
                         const struct growth_floor floors[FLOORS])
{
    double seconds = points[from].seconds - points[0].seconds;
    double before = seconds > 0 ? (points[from].bytes - points[0].bytes) / seconds : 0;

    return from == 0 ||
           (before <= GROWTH_SLOWED * growth_slope(&floors[0], &floors[FLOORS - 1]) &&
            growth_highest(points, from) <= (1 - GROWTH_SHARE) * floors[FLOORS - 1].bytes);
}

static bool growth_judge_from(struct growth *growth, const struct growth_point *points,
                              uint32_t count, uint32_t from)
{
    struct growth_floor floors[FLOORS];

    if (count - from < GROWTH_POINTS_MIN)
        return false;
    growth_find_floors(floors, points + from, count - from);
    if (!growth_is_endless(floors) || !growth_began(points, from, floors))
        return false;
    growth->kind = GROWTH_ENDLESS;
    growth->confidence = 1 - growth_chance(growth_score(floors));
    growth->since = growth_begin(floors, points[from].seconds);
    growth_find_slope(growth, points + from, count - from);
    return true;
}

struct growth growth_judge(const struct growth_point *points, uint32_t count)
{
    struct growth growth = {.kind = GROWTH_UNCLEAR};
    struct growth_floor floors[FLOORS];

    if (count < GROWTH_POINTS_MIN || count > GROWTH_POINTS_MAX)
        return growth;
    for (uint32_t quarter = 0; quarter <= 2; quarter++)
        if (growth_judge_from(&growth, points, count, quarter * count / 4))
            return growth;
    growth_find_floors(floors, points, count);
    growth.kind = growth_swings(points, count) ? GROWTH_UP_AND_DOWN
                  : points[count - 1].bytes > points[0].bytes && growth_is_much(floors)
                      ? GROWTH_LEVELS_OFF
                      : GROWTH_STEADY;
    return growth;
}
