/* shared_swap: which shared mappings have pages that neither pagemap nor mincore tells of.
 *
 * Of memory that is shared no page table remembers what is in swap, and mincore does not count it;
 * /proc/self/smaps does, for a mapping as a whole. It tells huge pages, too, of which mincore knows
 * nothing in a forked child: that matters where the pagemap of the process that forked may not be
 * read (of one that was root once, for one). smaps is long and costs a look at each page, so it
 * is read only for one of these reasons, and once for a check.
 *
 * No libc and no allocator: for a stopped world and a forked child. */
#ifndef SHARED_SWAP_H
#define SHARED_SWAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHARED_SWAP_MOST 64u

struct shared_swap {
    uint64_t begins[SHARED_SWAP_MOST]; /* of mappings that have such pages */
    unsigned count;                    /* more: all that are shared count as if they had */
    uint64_t mapping;                  /* while reading: where the latest one begins */
    bool is_shared;
};

/* Reads smaps, if that is worth it. has_pagemap: of the process that forked. Failure leaves: none
 * has any. */
void shared_swap_load(struct shared_swap *swap, bool has_pagemap);
/* Takes up one line of it, NUL ended. */
void shared_swap_take_line(struct shared_swap *swap, const char *line);
bool shared_swap_has(const struct shared_swap *swap, uint64_t begin);

#endif
