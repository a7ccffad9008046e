/* intern.h: gives each distinct run of bytes a number: 0, 1, 2 … in the order of first sight.
 *
 * Frames, stacks and records are compared a million times and stored once; this is where. A key
 * is copied; keys are aligned to 8 bytes. One thread.
 */
#ifndef INTERN_H
#define INTERN_H

#include <stddef.h>
#include <stdint.h>

struct intern {
    uint32_t *slots;   /* index + 1, 0: empty; open addressing */
    size_t slot_count; /* a power of two, at least twice `count` */
    struct intern_key *keys;
    uint32_t count;
    uint32_t capacity;
    uint64_t *words; /* the keys' bytes, one after another */
    size_t word_count, word_capacity;
};
struct intern_key {
    uint64_t hash;
    size_t word; /* where it begins in `words` */
    size_t size; /* bytes */
};

/* A zeroed struct intern is an empty one. */
void intern_free(struct intern *intern);
/* The key's number, a new one if it is new: then it equals the count before. */
uint32_t intern_put(struct intern *intern, const void *key, size_t size);
/* The number's key; the pointer is good until the next put. */
const void *intern_get(const struct intern *intern, uint32_t number, size_t *size);

#endif
