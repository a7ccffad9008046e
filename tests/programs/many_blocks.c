// many_blocks MILLIONS [wait]: so many million blocks, all alive at once and held in one array; prints the nanoseconds
// per malloc of the first and the last million on standard error. Of each million the last 1,000 are lost. wait: until standard input
// ends.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { MILLION = 1000000, LOST = 1000 };
static void **held;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int count, char **arguments)
{
    long millions = count > 1 ? atol(arguments[1]) : 10;

    held = malloc(millions * MILLION * sizeof *held);
    for (long million = 0; million < millions; million++) {
        double begun = seconds();
        for (long i = 0; i < MILLION; i++) {
            void *block = malloc(24 + i % 8 * 8);
            held[million * MILLION + i] = i < MILLION - LOST ? block : NULL;
        }
        if (million == 0 || million == millions - 1)
            fprintf(stderr, "million %ld: %.0f ns per event\n", million + 1, (seconds() - begun) * 1e9 / MILLION);
    }
    if (count > 2)
        read(0, &millions, 1);
    return 0;
}
