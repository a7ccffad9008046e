/* page_use: which pages of the program's memory are there.
 *
 * A leak check must not read a reservation of gigabytes page by page when nothing but zeros can be
 * there: the reading would take minutes, page tables besides, and in shared memory and in a file
 * each page that is read is filled, and stays.
 *
 * /proc/self/pagemap says of a page whether it is in memory or in swap for this process, mincore
 * whether it is in the page cache, which is where shared memory and files are, too:
 *   - private anonymous memory: what the first does not know was never written to
 *   - private memory of a file: neither written to nor in the cache it is the file as on disk
 *   - shared memory: another process may have written to it, so the cache is asked. A forked child
 *     has no pages of it before it looks, and mincore knows no cache of huge pages, so the first is
 *     asked of the process that forked, where that may be. What of shared memory is in swap neither
 *     tells (shared_swap does).
 *
 * No libc and no allocator: for a stopped world and a forked child. */
#ifndef PAGE_USE_H
#define PAGE_USE_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE_USE_AHEAD 512u /* pages that are asked for at a time */

enum page_use_kind { PAGE_USE_PRIVATE, PAGE_USE_PRIVATE_FILE, PAGE_USE_SHARED };

struct page_use {
    int own;    /* /proc/self/pagemap; -1: of private memory nothing is known */
    int forker; /* of the process that forked this one, or this one; -1: only the cache tells of
                   shared memory */
    enum page_use_kind kind;
    uint64_t first; /* the page, by its number, that is_used[0] is about */
    uint64_t count; /* of the pages that were asked for */
    bool is_used[PAGE_USE_AHEAD];
};

/* /proc/self/pagemap, to be opened before a fork; -1: it cannot be. The caller closes it. */
int page_use_open_forker(void);
/* Failure leaves: every page counts as used. In a forked child it must be called anew. */
void page_use_open(struct page_use *use, int forker);
void page_use_close(struct page_use *use);

/* The lowest address from `begin` on that lies on a used page, or `end` if there is none below.
 * From there to *until, at most `end`, all pages are used; the next one perhaps, too. All of it is
 * one mapping. */
uint64_t page_use_next(struct page_use *use, enum page_use_kind kind, uint64_t begin, uint64_t end,
                       uint64_t *until);

#endif
