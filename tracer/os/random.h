/* random: numbers that nobody needs to foresee: which blocks are guarded, which bytes are drawn. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

/* A state that is not 0, made from anything that differs from one to the next. */
static inline uint64_t random_seed(uint64_t from)
{
    return from * 0x9e3779b97f4a7c15u | 1;
}

/* xorshift64*: Vigna, An experimental exploration of Marsaglia's xorshift generators, scrambled,
 * 2016. The upper bits are the good ones. */
static inline uint64_t random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1du;
}

#endif
