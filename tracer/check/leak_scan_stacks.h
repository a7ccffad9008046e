/* leak_scan_stacks: which parts of the threads' stacks are no roots: what lies below a stack
 * pointer, and the stacks of threads that are gone. */
#ifndef LEAK_SCAN_STACKS_H
#define LEAK_SCAN_STACKS_H

#include "check/program_memory.h"
#include "check/roots.h"
#include "stop/stop_world.h"

/* Called once, by the first thread: notes which one it is. */
void leak_scan_begin(void);
/* All threads, the calling one and the others. What is found out of them is added to them. */
void leak_scan_exclude_stacks(struct roots *roots, struct program_memory *memory,
                              struct stopped_thread *here, const struct stopped_world *world);
/* In the check's child: no word is left of frames that nobody returns to. They may lie in a block
 * (a coroutine's stack), which is searched as a whole. */
void leak_scan_wipe_dead_frames(const struct stopped_thread *here);

#endif
