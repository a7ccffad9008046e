/* demo.h: what every demo is to main.c, and the one thing that they all need.
 *
 * A demo is a file of its own with one function, NAME_run(way), which does its work, prints a line
 * or two to standard output and returns. It writes to the heap alone: called twice in one process
 * it loses twice as much. */
#ifndef DEMO_H
#define DEMO_H

/* Which version of itself a demo runs. */
enum demo_way {
    DEMO_LEAKING,   /* with its mistake */
    DEMO_FIXED,     /* mended: every block is freed */
    DEMO_TRACKED,   /* what should be freed is kept in a global array (state only) */
    DEMO_ANNOTATED, /* with its mistake, and the tracer is told of each parcel (pool only) */
};

/* memory, or the end of the program (exit status 1) when it is NULL. It takes what malloc returned
 * instead of calling malloc, so that a call stack ends in the function that wanted the memory. */
void *must_have(void *memory);

#endif
