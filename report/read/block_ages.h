/* block_ages.h: how many blocks each stack made in each age of the process, and how many of them
 * are still there. Each age is about as long as all before it together (--ages=yes).
 */
#ifndef BLOCK_AGES_H
#define BLOCK_AGES_H

#include <stdint.h>
#include "trace_format.h"

struct stack_age {
    uint64_t made;
    uint64_t left, left_bytes;
};
struct block_ages {
    uint32_t count;                        /* ages; 0: it was not recorded */
    uint64_t begin_ns[TRACE_AGES_MAX + 1]; /* since the start; the first one's is 0 */
    uint32_t accounts[TRACE_AGES_MAX + 1]; /* the first account of each */
    struct stack_age **stacks; /* by the model's stacks: their ages, the oldest first; NULL: none of
                                * its blocks is left */
    uint32_t stack_count;
};

/* The age of what an account counts. */
uint32_t block_ages_of(const struct block_ages *ages, uint32_t account);
/* The stack's figures, made if need be. */
struct stack_age *block_ages_put(struct block_ages *ages, uint32_t stack);
/* Stacks have become other ones: now[stack]. */
void block_ages_renumber(struct block_ages *ages, const uint32_t *now, uint32_t count);
void block_ages_free(struct block_ages *ages); /* or NULL */

#endif
