/* reach: which live blocks can the program still reach, and how did it lose the others?
 *
 * A pure mark algorithm over blocks sorted by address, with the rules of valgrind's memcheck. It
 * knows no threads, no files and no mappings, never allocates and calls no libc function but
 * memcpy and memset, so it may run while every other thread stands still, also in a forked child.
 * Everything that it must know of the world comes through struct reach_world.
 *
 *     reach_plan         blocks sorted by address
 *     reach_begin        scratch memory from the caller
 *     reach_scan_roots   any number of times: memory that the program can use directly
 *     reach_scan_words   any number of times: registers
 *     reach_mark_block   any number of times: blocks that are in use without a pointer
 *     reach_finish       every verdict is complete
 *
 * Rules
 *
 *   A word counts if it lies at a multiple of 8 and is a pointer to a block if
 *       start <= word < start + max(size, 1)
 *   A pointer to the start, or one into the block that a heuristic excuses, is sure; any other
 *   pointer into the block is doubtful. A block is
 *       reachable  if a path from a root leads to it over sure pointers only
 *       possible   else, if any path from a root leads to it
 *   The other blocks are lost. In the order of their addresses each that no earlier one leads to
 *   becomes a head, and what it leads to (by any pointer) is indirectly lost under it; a head that
 * a later head leads to is taken over by it, together with all that is under it. So of a lost cycle
 * the lowest block is the head, and of a lost tree the root.
 *
 * pointer_at of a verdict is the word that first gave the block the kind that it has; a head has
 * one only if it lies on a cycle.
 */
#ifndef REACH_H
#define REACH_H

#include "check/reach_state.h"

/* Prepares a check. `heuristics` is a set, TRACE_HEURISTICS_ALL or fewer. scratch_size is then how
 * much memory reach_begin wants: 13 bytes per block, 32 KiB, and the index, about 1/64 of what the
 * blocks take. -EINVAL: the blocks are not strictly ascending, or there are too many; nothing else
 * may follow. */
int reach_plan(struct reach *reach, const struct reach_world *world,
               const struct trace_block *blocks, size_t n, unsigned heuristics);

/* Starts the check that was planned. `scratch` is aligned to 8 and full of zeros (most of which a
 * small heap never touches); it and the blocks are used until the last verdict was asked for. */
void reach_begin(struct reach *reach, void *scratch);

/* Scans the words of begin … end as roots. What cannot be read is skipped and counted. */
void reach_scan_roots(struct reach *reach, uint64_t begin, uint64_t end);

/* Takes `words` as roots that have no address: registers. */
void reach_scan_words(struct reach *reach, const uint64_t *words, size_t count);

/* Calls the block that starts at `address` reachable (it belongs to the dynamic linker, say).
 * -ENOENT if there is none. */
int reach_mark_block(struct reach *reach, uint64_t address);

/* Follows every pointer and finds the heads of what is lost. */
void reach_finish(struct reach *reach);

/* After reach_finish: what became of block k. */
struct reach_verdict {
    uint64_t pointer_at; /* as in trace_verdict */
    uint32_t head;       /* TRACE_HEAD_NONE: it is not indirectly lost */
    enum trace_leak_kind kind;
    enum trace_heuristic heuristic;
    bool interior;
};
struct reach_verdict reach_verdict_of(const struct reach *reach, uint32_t k);
/* The size of block k, as requested. */
uint64_t reach_size_of(const struct reach *reach, uint32_t k);

/* After reach_finish: tells of every pointer there is, once for each time that it is scanned. The
 * same roots are scanned once more by the caller, then reach_tell_blocks goes through all blocks in
 * the order of their addresses. Of a pointer `at`, `holder` (REACH_NO_BLOCK: a root), `index`,
 * `word` and `interior` are right. Reading all memory a second time, in its order, takes less than
 * following every pointer when it is first seen would take of space: a block may be scanned twice.
 */
void reach_tell_begin(struct reach *reach, reach_tell *tell, void *context);
/* As reach_scan_words, the first word as if it stood at the address `at`. */
void reach_tell_words(struct reach *reach, const uint64_t *words, size_t count, uint64_t at);
void reach_tell_blocks(struct reach *reach, reach_tell_first *first);
/* In `first`: tells what was seen, but not told yet, all of it in blocks before this one. */
void reach_tell_now(struct reach *reach);
/* One block's, at once. */
void reach_tell_block(struct reach *reach, uint32_t index);

/* Checks, after reach_finish, what must be true of the verdicts by reading the blocks once more:
 *   - an indirectly lost block has a definitely lost head
 *   - a reachable block's sure pointers lead to reachable blocks, its doubtful ones and every
 *     pointer in a possibly lost block to reachable or possibly lost ones
 *   - a lost block's pointers lead to no other head than its own
 *   - only a reachable block has a heuristic, and every block but a head has a pointer_at
 * NULL: all is well. Else a sentence, with the address of the block in *address. For tests. */
const char *reach_check(struct reach *reach, uint64_t *address);

#endif
