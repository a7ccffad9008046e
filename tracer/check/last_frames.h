/* last_frames: where the program's own frames begin on the stack of a thread, at the end.
 *
 * Whoever ends the process does so through functions of libc that never return: exit and its
 * handlers, quick_exit, abort, raise. What lies in their frames is nobody's any longer, but for the
 * registers that they saved for their caller; most of it was never written by them, so that words
 * of earlier calls show through, and a pointer there would keep a lost list reachable. The same is
 * true of libc's start code when main returns: nothing of main's is live then.
 *
 * So the thread is described anew, as it was in the frame that called them: by unwinding, which
 * brings the registers back that a call keeps. Those that a call may change, the vector registers
 * among them, are not the caller's any longer.
 *
 * Only those functions are left out that are known by name. Other frames of libc may hold the only
 * pointer to a block (err, argp_parse and getaddrinfo do), and are searched like the program's. */
#ifndef LAST_FRAMES_H
#define LAST_FRAMES_H

#include "stop/stop_world.h"

/* Moves the description of a thread that ends the process, which is the calling one, outward to the
 * first frame that can still be used. Where the way out is not known the thread stays as it is:
 * then more is searched than need be. Uses libunwind, so it is called before anybody is held. */
void last_frames_leave(struct stopped_thread *here);

/* A thread that waits in the kernel, in a system call of libc's, has nothing in its red zone and in
 * its vector registers: libc keeps nothing of the program's there, and what was called before has
 * left old words in both. */
void last_frames_in_kernel(struct stopped_thread *threads, size_t count);

#endif
