#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view.h"

enum {
    FIRST_CAPACITY = 16,
    WARM_UP = 6, /* samples that the chart leaves out */
    SAMPLES = 40,
};

/* --- samples: an array that grows ---------------------------------------------------------------
 */

struct samples {
    double *values; /* count <= capacity */
    size_t count;
    size_t capacity;
};

static void samples_grow(struct samples *samples, enum demo_way way)
{
    size_t capacity = samples->capacity ? 2 * samples->capacity : FIRST_CAPACITY;
    double *values = must_have(malloc(capacity * sizeof *values));
    if (samples->count)
        memcpy(values, samples->values, samples->count * sizeof *values);
    if (way == DEMO_FIXED)
        free(samples->values);
    /* otherwise: a view may look into the old array */
    samples->values = values;
    samples->capacity = capacity;
}

static void samples_append(struct samples *samples, double value, enum demo_way way)
{
    if (samples->count == samples->capacity)
        samples_grow(samples, way);
    samples->values[samples->count++] = value;
}

/* --- chart: looks at a part of the samples -------------------------------------------------------
 */

/* What the chart shows. The mended chart remembers where in the samples its part begins; the other
 * one a pointer, which stays where it is when the samples move. */
struct chart {
    const struct samples *samples;
    size_t first;
    const double *view;
};

static struct chart chart;

static void chart_show(const struct samples *samples, size_t first, enum demo_way way)
{
    if (way == DEMO_FIXED)
        chart = (struct chart){samples, first, NULL};
    else
        chart = (struct chart){NULL, 0, samples->values + first};
}

static double chart_first_value(void)
{
    return chart.view ? chart.view[0] : chart.samples->values[chart.first];
}

/* --- the program
 * ------------------------------------------------------------------------------------ */

static void measure(enum demo_way way)
{
    struct samples samples = {0};
    for (int i = 0; i < SAMPLES; i++) {
        samples_append(&samples, 20.0 + i / 10.0, way);
        if (samples.count == FIRST_CAPACITY)
            chart_show(&samples, WARM_UP, way);
    }
    samples.values[WARM_UP] = 0.0; /* found to be an outlier */
    printf("view: sample %d is corrected to %.1f, the chart shows %.1f\n", WARM_UP,
           samples.values[WARM_UP], chart_first_value());
    free(samples.values);
}

void view_run(enum demo_way way)
{
    measure(way);
    if (way == DEMO_FIXED) {
        chart = (struct chart){0};
        printf("view: the chart's part went along when the samples moved\n");
    } else {
        printf("view: the chart looks at an array that the samples have left\n");
    }
}
