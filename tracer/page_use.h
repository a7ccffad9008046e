/* page_use: which pages of private anonymous memory the program has ever used.
 *
 * A leak check must not read a reservation of gigabytes page by page when nothing but zeros can be
 * there: the reading alone would take minutes, and page tables besides. /proc/self/pagemap says
 * which pages are in memory or in swap; all others have never been written.
 *
 * Of anonymous memory only: what a file backs has content without being used. No libc and no
 * allocator: for a stopped world and a forked child. */
#ifndef PAGE_USE_H
#define PAGE_USE_H

#include <stdint.h>

#define PAGE_USE_AHEAD 512u /* pages that are asked for at a time */

struct page_use {
    int fd;                           /* -1: nothing is known */
    uint64_t first;                   /* the page, by its number, that entries[0] is about */
    uint64_t count;                   /* of the entries that were read */
    uint64_t entries[PAGE_USE_AHEAD]; /* as the kernel gives them */
};

/* Failure leaves: every page counts as used. In a forked child it must be called anew. */
void page_use_open(struct page_use *use);
void page_use_close(struct page_use *use);

/* The lowest address from `begin` on that lies on a used page, or `end` if there is none below. */
uint64_t page_use_next(struct page_use *use, uint64_t begin, uint64_t end);

#endif
