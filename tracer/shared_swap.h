/* shared_swap: which shared mappings have pages in swap.
 *
 * Of memory that is shared no page table remembers what is in swap, and mincore does not count it;
 * /proc/self/smaps does, for a mapping as a whole. It is long and costs a look at each page, so it
 * is read only where the machine has anything in swap, and once for a check.
 *
 * No libc and no allocator: for a stopped world and a forked child. */
#ifndef SHARED_SWAP_H
#define SHARED_SWAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHARED_SWAP_MOST 64u

struct shared_swap {
    uint64_t begins[SHARED_SWAP_MOST]; /* of mappings that have some */
    unsigned count;                    /* more: all that are shared count as if they had */
    uint64_t mapping;                  /* while reading: where the latest one begins */
    bool is_shared;
};

/* Reads smaps, if that is worth it. Failure leaves: none has any. */
void shared_swap_load(struct shared_swap *swap);
/* Takes up one line of it, NUL ended. */
void shared_swap_take_line(struct shared_swap *swap, const char *line);
bool shared_swap_has(const struct shared_swap *swap, uint64_t begin);

#endif
