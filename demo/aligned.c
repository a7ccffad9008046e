#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aligned.h"

enum { SAMPLES = 32, ALIGNMENT = 64 };

/* The block's own address stands in front of what is given out. */
static void *aligned_take(size_t size)
{
    char *whole = must_have(malloc(size + ALIGNMENT + sizeof(void *)));
    uintptr_t begin = (uintptr_t)whole + sizeof(void *) + ALIGNMENT - 1;
    char *aligned = whole + (begin / ALIGNMENT * ALIGNMENT - (uintptr_t)whole);
    memcpy(aligned - sizeof(void *), &whole, sizeof whole);
    return aligned;
}

static void aligned_give_back(void *aligned)
{
    void *whole;
    memcpy(&whole, (char *)aligned - sizeof(void *), sizeof whole);
    free(whole);
}

static void samples_drop(void *samples, enum demo_way way)
{
    if (way == DEMO_FIXED)
        aligned_give_back(samples);
    else
        free(samples); /* which is not what malloc gave */
}

void aligned_run(enum demo_way way)
{
    float *samples = aligned_take(SAMPLES * sizeof *samples);
    for (int i = 0; i < SAMPLES; i++)
        samples[i] = (float)i;
    printf("aligned: the last of %d samples is %.0f\n", SAMPLES, (double)samples[SAMPLES - 1]);
    samples_drop(samples, way);
    printf("aligned: the samples were dropped\n");
}
