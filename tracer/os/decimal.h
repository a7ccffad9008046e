/* decimal.h: the one reader of decimal numbers: of /proc's files, options, releases. */
#ifndef DECIMAL_H
#define DECIMAL_H

#include <stdint.h>

/* Moves *text behind the digits that it begins with: not at all if there are none. What does not
 * fit is UINT64_MAX, so that a bound refuses it. */
static inline uint64_t decimal_read(const char **text)
{
    uint64_t number = 0;
    for (; **text >= '0' && **text <= '9'; ++*text)
        if (__builtin_mul_overflow(number, 10u, &number) ||
            __builtin_add_overflow(number, (uint64_t)(**text - '0'), &number))
            number = UINT64_MAX;
    return number;
}

#endif
