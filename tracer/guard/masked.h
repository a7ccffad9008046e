/* masked: SIGSEGV is never blocked while there is a guard area, because the kernel ends a process
 * that touches it then; the program sees its mask as it set it. */
#ifndef MASKED_H
#define MASKED_H

#include <signal.h>
#include <stdbool.h>

typedef int masked_change_function(int how, const sigset_t *set, sigset_t *before);

/* sigprocmask and pthread_sigmask, of which `change` is libc's. */
int masked_change(masked_change_function *change, int how, const sigset_t *set, sigset_t *before);
/* Whether the calling thread has blocked SIGSEGV, as it thinks. */
bool masked_is_blocked(void);
/* The same for the mask of a handler. true: SIGSEGV was in it, and is no more. */
bool masked_take_out(sigset_t *mask);
void masked_put_back(sigset_t *mask);

#endif
