/* pages: the tracer's own memory, taken from the kernel page by page, never from an allocator.
 *
 * It also keeps the list of every range that belongs to the tracer (these pages, and what others
 * enter with pages_note), because a leak check must not take the tracer's tables for the program's
 * memory. Lock-free; callable at any moment. Nothing is ever unmapped, so a reader that was
 * delayed finds old memory, not none. */
#ifndef PAGES_H
#define PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pages_range {
    uintptr_t begin; /* 0: not filled yet */
    uintptr_t end;
};
#define PAGES_RANGES_MAX 20480 /* a thread takes about six */

/* Where the next mapping of so many bytes is to be asked for: far away from what is the program's.
 * A hint to the kernel, which chooses itself where something is there already. */
void *pages_hint(size_t bytes);
/* Zeroed private memory of at least `bytes` bytes, page aligned; NULL when the kernel has none. */
void *pages_map(size_t bytes);
/* The same, shared with forked children. */
void *pages_map_shared(size_t bytes);
/* The same, but its content is lost in a forked child, which finds zeros there. NULL if the kernel
 * cannot do that. */
void *pages_map_wiped_on_fork(size_t bytes);
/* Enters a range that belongs to the tracer though pages_map did not make it. */
void pages_note(const void *begin, size_t bytes);
/* The program asks for all further memory to be locked (mlockall), up to a limit. Called before it
 * does: what is mapped from then on comes from memory that was mapped before, or is unlocked again.
 */
void pages_keep_unlocked(void);
bool pages_are_kept_unlocked(void);
/* The ranges so far; *count of them. Ranges beyond PAGES_RANGES_MAX are not listed. */
const struct pages_range *pages_list(size_t *count);
/* How many are not. */
size_t pages_missed(void);

#endif
