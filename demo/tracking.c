#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tracking.h"

enum { SENSORS = 3 };

/* --- the allocator that counts
 * --------------------------------------------------------------------
 */

struct tally {
    long blocks;
    long bytes;
};

/* In front of each block. */
struct tag {
    size_t size;
    size_t unused; /* what follows is aligned as malloc's */
};

static void *tracked_take(struct tally *tally, size_t size)
{
    struct tag *tag = must_have(malloc(sizeof *tag + size));
    tag->size = size;
    tally->blocks++;
    tally->bytes += (long)size;
    return tag + 1;
}

static void tracked_give_back(struct tally *tally, void *block)
{
    struct tag *tag = (struct tag *)block - 1;
    tally->blocks--;
    tally->bytes -= (long)tag->size;
    free(tag);
}

/* --- sensors
 * ----------------------------------------------------------------------------------------
 */

struct sensor {
    char *name; /* strdup's: the tally knows nothing of it */
    double value;
};

static struct sensor *sensor_new(struct tally *tally, const char *name)
{
    struct sensor *sensor = tracked_take(tally, sizeof *sensor);
    sensor->name = must_have(strdup(name));
    sensor->value = 20.5;
    return sensor;
}

static void sensor_drop(struct tally *tally, struct sensor *sensor, enum demo_way way)
{
    if (way == DEMO_FIXED)
        free(sensor->name);
    tracked_give_back(tally, sensor);
}

void tracking_run(enum demo_way way)
{
    static const char *const names[SENSORS] = {"north roof", "cellar", "greenhouse"};
    struct tally tally = {0};
    struct sensor *sensors[SENSORS];
    for (int i = 0; i < SENSORS; i++)
        sensors[i] = sensor_new(&tally, names[i]);
    for (int i = 0; i < SENSORS; i++)
        sensor_drop(&tally, sensors[i], way);
    printf("tracking: %ld bytes in %ld blocks are in use, says the tally\n", tally.bytes,
           tally.blocks);
}
