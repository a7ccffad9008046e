/* glibc_heap: which memory belongs to malloc itself, as far as glibc's own marks tell.
 *
 * A leak check takes the program's memory for roots, but not malloc's: what lies on free lists
 * would keep every block reachable. Found here, from the map, the live blocks and reads:
 *
 *   main arena     runs of chunks in [heap] (or, where brk failed, in anonymous memory). Chunks are
 *                  followed by their sizes; memory that the program took with sbrk for itself, of
 *                  which malloc's two fence chunks of 16 bytes tell, is left alone.
 *   other arenas   heaps of 64 MiB at 64 MiB boundaries, told by shape: a plausible heap_info at
 *                  the boundary in anonymous memory that fills all 64 MiB, writable up to
 *                  mprotect_size and inaccessible behind it. Found without any live block too.
 *   mmapped chunks by IS_MMAPPED in the word before a live block: prev_size and size are whole
 *                  pages.
 *   main_arena     the struct in libc's data, by its 127 bins, most of which point to themselves.
 *                  Its bins and its top point to chunks, that is 16 bytes before a block and so
 *                  into the last word of the block below: they would look like interior pointers.
 *                  Where it begins, and with it the rest, differs from release to release and is
 *                  told by its `next`.
 *   anything else  a live block that none of these explains belongs to another allocator. Its
 *                  anonymous mapping counts as that allocator's altogether; in a file's mapping (a
 *                  pool in .bss) only the block does.
 *
 * No allocator, no libc, no locks: for a stopped world. */
#ifndef GLIBC_HEAP_H
#define GLIBC_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "libc/glibc_heap_world.h"

/* What was met, for the tests and for a word in the report. */
struct glibc_heap_counts {
    size_t heaps;             /* of other arenas */
    size_t mmapped;           /* chunks */
    size_t runs;              /* of the main arena's chunks */
    size_t foreign_blocks;    /* not explained by glibc's marks */
    size_t main_arenas;       /* structs found in data: 1 on glibc */
    size_t main_arenas_whole; /* of which more than top and bins is known */
};

struct glibc_heap_counts glibc_heap_find(const struct glibc_heap_world *world);

#endif
