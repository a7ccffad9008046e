/* pools: blocks that the program says it has, in memory that it divides itself, by valgrind's
 * requests: MALLOCLIKE and the like, and pools with their pieces.
 *
 * They are live blocks as any other: they count in the totals and take part in the leak check, and
 * a block of malloc's that holds some has no verdict of its own (block_parts.h). Frees of them are
 * counted. What is declared while the same thread is in the midst of a capture (a signal handler)
 * is not recorded, and is counted as lost. */
#ifndef POOLS_H
#define POOLS_H

#include "capture/unwind.h"

#include <stdbool.h>
#include <stdint.h>

/* valgrind's numbers. */
enum pools_request {
    POOLS_MALLOCLIKE = 0x1301, /* address, size, red zone, zeroed */
    POOLS_FREELIKE = 0x1302,   /* address, red zone */
    POOLS_CREATE = 0x1303,     /* pool, red zone, zeroed, flags */
    POOLS_DESTROY = 0x1304,    /* pool */
    POOLS_ALLOC = 0x1305,      /* pool, address, size */
    POOLS_FREE = 0x1306,       /* pool, address */
    POOLS_TRIM = 0x1307,       /* pool, address, size */
    POOLS_MOVE = 0x1308,       /* pool, new pool */
    POOLS_CHANGE = 0x1309,     /* pool, address, new address, size */
    POOLS_EXISTS = 0x130a,     /* pool */
    POOLS_RESIZE = 0x130b,     /* address, size, new size, red zone */
};
#define POOLS_AUTO_FREE 1u /* flags: with a piece of a metapool what is in it goes */
#define POOLS_METAPOOL  2u /* its pieces hold MALLOCLIKE blocks */

bool pools_has(uint64_t request);
/* words: the request and its arguments. The answer. */
uint64_t pools_request(const uint64_t words[6], const struct call_site *site);
/* In a forked child. */
void pools_forked(void);

#endif
