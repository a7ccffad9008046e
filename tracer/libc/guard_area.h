/* guard_area: an allocator that gives each block pages of its own, with pages around them that may
 * not be touched (--guard).
 *
 *     area     one reserved range of addresses, cut into pieces of 4 MiB
 *     piece    its slots' records, then slots of one size; a larger block has pieces of its own
 *     slot     pages for a block, then GUARD_AREA_GAP pages that nobody may touch
 *
 *     gap | data of slot 0 | gap | data of slot 1 | gap | …
 *
 * A block ends where its data ends (or begins where it begins), so that the first byte behind it is
 * in a gap, as far as its alignment allows; what is left between them holds a pattern. Pages are
 * opened for a live block alone. Where the kernel has MADV_GUARD_INSTALL (6.13) they are closed by
 * that, and all slots lie in one mapping; else by mprotect, and there may not be too many.
 *
 * Lock-free; callable in a signal handler, and in a forked child, whose copy it is then. */
#ifndef GUARD_AREA_H
#define GUARD_AREA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GUARD_AREA_GAP   4u /* pages; half of it belongs to the slot below, half to the one above */
#define GUARD_AREA_PIECE ((uint64_t)4 << 20)

enum guard_state {
    GUARD_SLOT_NONE, /* free */
    GUARD_SLOT_LIVE,
    GUARD_SLOT_CLOSING, /* freed by the program; its pages are being closed */
    GUARD_SLOT_LEAVING, /* that, and it is kept no longer: who closes it releases it, too */
    GUARD_SLOT_FREED,   /* by the program, and kept */
    GUARD_SLOT_OPENING, /* of these its pages are being opened again */
    GUARD_SLOT_OPENED
};

enum guard_stain {
    GUARD_STAIN_PAGES = 1, /* some were opened that do not belong to the block */
    GUARD_STAIN_TOLD = 2   /* what changes beside it has been told of */
};

struct guard_slot {
    atomic_uint state; /* enum guard_state */
    uint32_t next;     /* in the list of free ones */
    uint64_t address;  /* of the block */
    uint64_t size;     /* that was asked for */
    uint64_t data;     /* where its data begins */
    uint32_t pages;    /* of data */
    uint32_t account;  /* FREED: as in kept_block */
    uint32_t stack_freed;
    uint32_t copied; /* bytes of `copy`, what the block held */
    const void *copy;
    atomic_uint stained; /* enum guard_stain */
    uint32_t number;
};

extern uint64_t guard_area_begin_at __attribute__((visibility("hidden")));
extern uint64_t guard_area_bytes __attribute__((visibility("hidden")));

/* Whether an address lies there. No when there is no area. */
static inline bool guard_area_owns(const void *pointer)
{
    return (uintptr_t)pointer - guard_area_begin_at < guard_area_bytes;
}

struct guard_area_options {
    bool at_begin;       /* blocks begin at their slot's first page */
    bool at_random;      /* or now so, now so */
    uint64_t pages_live; /* so many at most are open */
    uint64_t blocks_live;
};

/* false: there is no memory for it. Called once, with one thread. */
bool guard_area_begin(const struct guard_area_options *options);
/* Zeroed memory; NULL: the bounds are reached, or the kernel has no more. */
void *guard_area_allocate(size_t size, size_t alignment);
/* The slot of an address, which need not be its block's; NULL: of none. */
struct guard_slot *guard_area_slot(uint64_t address);
/* LIVE to CLOSING: it is the caller's alone until it calls guard_area_close(), and others may be
 * told of it meanwhile. false: it is not live. */
bool guard_area_begin_close(struct guard_slot *slot);
/* CLOSING to FREED: its pages are closed, and its content is gone if `drop`. */
void guard_area_close(struct guard_slot *slot, bool drop);
/* Freed: it may be given out again; by guard_area_close() if that is still at it. */
void guard_area_release(struct guard_slot *slot);
/* Freed: its pages are there again, with what `copy` has. false: they are not. */
bool guard_area_reopen(struct guard_slot *slot);
/* Opens the page at an address that is not the block's. */
bool guard_area_stain(struct guard_slot *slot, uint64_t address);
/* Whether an address lies in the pages that its block has. */
bool guard_area_is_in_pages(const struct guard_slot *slot, uint64_t address);

/* The bytes that are not the block's and hold a pattern: where they were changed, as an offset
 * from its begin; false: they were not. */
bool guard_area_is_overrun(const struct guard_slot *slot, int64_t *offset);
/* How many blocks found no place. */
uint64_t guard_area_refused(void);
/* Calls with each live slot. */
void guard_area_for_each_live(void (*visit)(void *context, struct guard_slot *slot), void *context);

#endif
