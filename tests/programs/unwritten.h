/* unwritten.h: a heap whose memory is full of pointers to where blocks were, and are going to be. */
#ifndef UNWRITTEN_H
#define UNWRITTEN_H
#include "leak.h"

#define USED 3000

/* Allocates, fills with each other's addresses, and frees in another order. */
static APART void use_heap(unsigned round, size_t most)
{
    static void **block[USED];
    static size_t words[USED];
    for (unsigned i = 0; i < USED; i++) {
        words[i] = (16 + (i * 37 + round * 11) % most) / 8;
        block[i] = (void **)malloc(words[i] * 8);
    }
    for (unsigned i = 0; i < USED; i++)
        for (unsigned k = 0; k < words[i]; k++)
            block[i][k] = block[(i * 13 + k * 17) % USED];
    for (unsigned i = 0; i < USED; i++) {
        free(block[(i * 7) % USED]);
        block[(i * 7) % USED] = NULL;
    }
}
#endif
