/* fork_gate: keeps the other threads out of the tracer while one thread forks a child that is to be
 * traced.
 *
 * The child's log is a copy of the tables, which the parent's threads go on sharing. So that the
 * copy is of the moment of the fork, tracing is paused: a thread that comes to an allocation or a
 * free finds it neither on nor off and waits here, before it enters malloc, so that it holds no
 * lock of malloc that fork needs. No thread is interrupted: a signal would cut its poll() short.
 *
 *     close   tracing is paused
 *     settle  waits for those that were inside already
 *     (fork, copy)
 *     open    all go on
 *
 * Every wait is bounded, because a thread that waits may hold a lock of the program that fork's
 * handlers want. Who was inside all the time is counted. */
#ifndef FORK_GATE_H
#define FORK_GATE_H

#include "os/tracing.h"

/* The calling thread closes the gate, waiting for another one that has. false: tracing is off, or
 * the other one takes too long. */
bool fork_gate_close(void);
/* Waits until the other threads have left the tracer; how many may not have. Notes their counts for
 * fork_gate_changed. */
unsigned fork_gate_settle(void);
/* How many of the other threads have counted anything since. */
unsigned fork_gate_changed(void);
/* Whether one of them was inside a table's growth or a capture: for the child, where nobody will
 * ever come out. */
bool fork_gate_is_torn(void);
void fork_gate_open(void);
/* In the child: there is nobody else. */
void fork_gate_forked(void);

/* Where tracing is not on: waits at the gate if there is one. Whether tracing is on then. */
bool fork_gate_pass(void);
static inline bool fork_gate_is_on(void)
{
    return tracing_is_on() || fork_gate_pass();
}

#endif
