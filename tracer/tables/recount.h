/* recount: what the tables say of the live blocks, each for itself: the accounts, the table of
 * blocks, the threads' counts and the program's total (invariants.h has the equations).
 *
 * In a child that was forked while another thread was in the midst of an event they may differ. The
 * two totals that follow from the accounts are put right there; that blocks are missing is said. */
#ifndef RECOUNT_H
#define RECOUNT_H

#include <stdbool.h>
#include <stdint.h>

struct recount {
    uint64_t account_blocks; /* allocations less frees of all accounts */
    uint64_t account_bytes;
    int64_t account_bytes_at_peak;
    uint64_t blocks; /* in the table */
    uint64_t bytes;
};

/* Goes through all accounts and blocks, while nobody else is at them. */
void recount_take(struct recount *count);
/* Whether accounts and table have the same, less what was lost. */
bool recount_blocks_agree(const struct recount *count);
bool recount_bytes_agree(const struct recount *count);

/* In a forked child, whose tables are its own by now: makes the totals what the accounts say. How
 * many blocks more or less the table has, 1 at least if the bytes differ; 0: all agrees. */
uint64_t recount_forked(void);

#endif
