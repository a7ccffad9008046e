// many_ways HOW CALLS: blocks whose call stacks differ as far as they can.
//   deep    recursion 1,000 calls deep: a malloc and a free on the way down and on the way up of each descent
//   tree    two functions call each other twice, 20 deep: 2,097,151 distinct stacks, the one after the other
//   mutual  the same stacks in another order: a bit of the call's number says from which line, the outermost first
// One of each 1,000 blocks is lost. Prints how many were made and lost, and on standard error the nanoseconds
// per malloc and free of each million.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long made, lost;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void touch(void)
{
    static double begun;
    void *volatile block = malloc(40);
    if (made == 0)
        begun = seconds();
    if (++made % 1000 == 0)
        lost++;
    else
        free(block);
    block = NULL;
    if (made % 1000000 == 0) {
        fprintf(stderr, "million %ld: %.0f ns per malloc and free\n", made / 1000000, (seconds() - begun) * 1e9 / 1e6);
        begun = seconds();
    }
}

static void deep(int levels)
{
    if (levels == 0)
        return;
    touch();
    deep(levels - 1);
    touch();
}

static void pong(unsigned number, int levels);
static void ping(unsigned number, int levels)
{
    if (levels == 0)
        touch();
    else if (number & 1)
        pong(number >> 1, levels - 1);
    else
        pong(number >> 1, levels - 1);
}
static void pong(unsigned number, int levels)
{
    if (levels == 0)
        touch();
    else if (number & 1)
        ping(number >> 1, levels - 1);
    else
        ping(number >> 1, levels - 1);
}

static void right(int levels);
static void left(int levels)
{
    touch();
    if (levels > 0) {
        right(levels - 1);
        right(levels - 1);
    }
}
static void right(int levels)
{
    touch();
    if (levels > 0) {
        left(levels - 1);
        left(levels - 1);
    }
}

int main(int count, char **arguments)
{
    const char *how = count > 1 ? arguments[1] : "tree";
    long calls = count > 2 ? atol(arguments[2]) : 1000;

    if (!strcmp(how, "tree"))
        left(20);
    for (long call = 0; call < calls && !strcmp(how, "deep"); call++)
        deep(1000);
    for (long call = 0; call < calls && !strcmp(how, "mutual"); call++)
        if (call < 1 << 20)
            ping(call, 20);
        else
            pong(call, 20);
    printf("%ld %ld\n", made, lost);
    return 0;
}
