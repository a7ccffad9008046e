/* tracing: the one word that says whether this process is being traced.
 *
 * It lies in a page that the kernel wipes in a forked child, so that a child, however it was made,
 * finds tracing off and never touches its parent's log. */
#ifndef TRACING_H
#define TRACING_H

#include <stdbool.h>
#include <stdint.h>

extern uint32_t *tracing_word; /* 1: on */

static inline bool tracing_is_on(void)
{
    return __builtin_expect(__atomic_load_n(tracing_word, __ATOMIC_RELAXED) == 1, 1);
}
/* Gives the word its page; tracing stays off. false: no memory, or a kernel without such pages. */
bool tracing_begin(void);
void tracing_set(bool on);

#endif
