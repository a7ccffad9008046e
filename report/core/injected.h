/* injected.h: threads of another process, stopped by ptrace, and a system call made by one of them
 * as if nothing had been.
 *
 * A stopped thread has its registers kept here; stopped_threads_let_go puts back those that were
 * changed and lets the kernel begin an interrupted call anew, or go on with its remaining time. */
#ifndef INJECTED_H
#define INJECTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/user.h>
#include "base/failure.h"

enum { INJECTED_VECTORS = 4096 };

struct held_thread {
    int tid;
    int signal;  /* it was about to be given this one, and is at the end; 0: none */
    bool is_fit; /* it stands where a call may be put in */
    bool waits;  /* it stood in a system call */
    struct user_regs_struct registers;
    unsigned char *vectors; /* vector_size bytes, or NULL */
    size_t vector_size;
};
struct held_threads {
    int pid;
    struct held_thread *threads;
    size_t count, capacity;
};

/* Stops all threads, or the first that is fit alone. 0, or -1 with `failure` filled and all of them
 * let go. */
int held_threads_stop(struct held_threads *held, int pid, bool only_one, struct failure *failure);
void held_threads_let_go(struct held_threads *held);
void held_threads_free(struct held_threads *held);
/* Has one of them make the call: `instruction` is where a system call instruction stands in its
 * code. *result is what it returned. born: of a clone, the stopped child; else 0. */
int held_threads_call(struct held_threads *held, uint64_t instruction, long number,
                      const uint64_t arguments[4], long *result, int *born,
                      struct failure *failure);

#endif
