/* lock_breaker: for a process of one thread, copied from one of many: a lock that another thread
 * had when the copy was made is never given back there.
 *
 * So a wait for a lock that lasts for more than a moment is one for ever. A timer's signal finds
 * it: the thread stands in front of the system call that waits for the word of the lock. The word
 * is set to "free", and the wait goes on to find that. What the lock guards may be half changed,
 * which the copy has to take as it is. */
#ifndef LOCK_BREAKER_H
#define LOCK_BREAKER_H

#include <stdint.h>
#include <ucontext.h>

/* From here on. A process that comes to too many such locks is ended, with status 1. Without the
 * calls that it takes, in a sandbox, nothing happens. */
void lock_breaker_begin(void);
void lock_breaker_end(void);

/* For the tests: the word that the thread, as the signal found it, waits for without a limit. NULL:
 * it does not. */
uint32_t *lock_breaker_word(const ucontext_t *context);

#endif
