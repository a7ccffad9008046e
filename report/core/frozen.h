/* frozen.h: a copy of a running process that nobody prepared, as an image.
 *
 * All threads of the process are stopped by ptrace for some milliseconds. One of them, wherever it
 * stands, makes one bare clone call, with all of its signals held back; its registers are put back
 * as they were, and what it was waiting for goes on. The copy never runs. Nothing is loaded and
 * nothing is written into the process' memory: a system call instruction that libc has is used, and
 * the stack is not. The copy has no exit signal; frozen_end kills it, and has the process collect
 * it by one wait4 call made the same way, so that no trace is left.
 *
 * Refused, with the reason, where that could do harm: a seccomp filter, which might kill for the
 * clone; another tracer; a process that is stopped, is no thread group's first, has no libc, or has
 * another width; one that the kernel does not let us trace. */
#ifndef FROZEN_H
#define FROZEN_H

#include "base/failure.h"
#include "core/image.h"

/* 0, or -1 with `failure` filled and nothing left behind. */
int frozen_make(struct image *image, int pid, struct failure *failure);
/* -1: the process could not be made to collect the copy, which stays as a zombie until it ends. */
int frozen_end(struct image *image, struct failure *failure);

#endif
