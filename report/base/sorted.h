/* sorted.h: searching in arrays that are sorted by a number, an address mostly. */
#ifndef SORTED_H
#define SORTED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline size_t sorted_until_at(const void *array, size_t count, size_t size, size_t offset,
                                     uint64_t number)
{
    size_t low = 0, high = count;
    uint64_t there;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        memcpy(&there, (const char *)array + middle * size + offset, sizeof there);
        if (there <= number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How many elements have a `member`, a uint64_t, that is the number or less: they come first. */
#define sorted_until(array, count, member, number)                                                 \
    sorted_until_at((array), (count), sizeof *(array), offsetof(__typeof__(*(array)), member),     \
                    (number))

#endif
