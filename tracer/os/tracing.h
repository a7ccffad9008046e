/* tracing: the one word that says whether this process is being traced.
 *
 * It lies in a page that the kernel wipes in a forked child, so that a child, however it was made,
 * finds tracing off and never touches its parent's log. */
#ifndef TRACING_H
#define TRACING_H

#include <stdbool.h>
#include <stdint.h>

/* SAMPLED, beside one of the others: of some blocks only (events/sampling). */
enum { TRACING_OFF = 0, TRACING_ON = 1, TRACING_PAUSED = 2, TRACING_SAMPLED = 4 };
/* Here and elsewhere: -fvisibility=hidden is for definitions; without the word, each use of a
 * variable of another file goes through the table of what other modules may replace. */
extern uint32_t *tracing_word __attribute__((visibility("hidden")));

static inline uint32_t tracing_state(void)
{
    return __atomic_load_n(tracing_word, __ATOMIC_RELAXED);
}
static inline bool tracing_is_on(void)
{
    return __builtin_expect(tracing_state() & TRACING_ON, 1);
}
/* On, and of every block. */
static inline bool tracing_is_whole(void)
{
    return __builtin_expect(tracing_state() == TRACING_ON, 1);
}
static inline bool tracing_is_paused(void)
{
    return tracing_state() & TRACING_PAUSED;
}
/* Gives the word its page; tracing stays off. false: no memory, or a kernel without such pages. */
bool tracing_begin(void);
void tracing_set(bool on);
/* From the next tracing_set on: sampled. */
void tracing_sample(void);
/* On → paused: tracing goes on soon, and who finds it so waits (fork_gate). false: it is off. */
bool tracing_pause(void);
/* Paused → on. */
void tracing_resume(void);
/* Waits for the end of a pause, at most so long. */
void tracing_await(uint64_t limit_ns);

#endif
