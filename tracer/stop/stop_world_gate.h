/* stop_world_gate: where the held threads wait, and what lets them go on.
 *
 * One word names the hold and its stage:
 *
 *     OPEN ─(hold)─> HELD ─(release)─> OPEN
 *                      └─(keep)─> KEPT ─(the keeper sleeps)─> LET_GO ─(it sleeps on)─> OPEN
 *
 * KEPT is the end of the process. A call that the signal cut short would come back with EINTR, and
 * the thread would run on in a process whose books are closed; so nobody goes on any more. But the
 * keeper runs libc's last functions, stdio's flush for one, and may come to wait for a lock that a
 * held thread has, or for a pipe that one of them reads. Nobody but the held can notice that, so
 * one of them looks at the keeper now and then. If it has slept at one place for several looks,
 * those may go on who do not notice that they were stopped: who ran, whose call the kernel begins
 * anew, and whose call can be begun anew here, because the instruction before it, or the stack,
 * says which it is. The rest goes on only when that did not help: a process that never ends is
 * worse. */
#ifndef STOP_WORLD_GATE_H
#define STOP_WORLD_GATE_H

#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

/* The holder's. The number of the hold that is under way, which no other hold has. */
void stop_world_gate_close(void);
uint32_t stop_world_gate_number(void);
void stop_world_gate_open(void);
/* The holder ends the process; `listed` is its name in /proc/self/task. */
void stop_world_gate_keep(uint32_t listed);

/* In a held thread's handler: returns when it may go on. No TLS, no stack protector. */
void stop_world_gate_wait(uint32_t number, ucontext_t *context);
/* The last thing in this handler and in another of ours, which may not return from it: a call that
 * was cut short begins anew, with what is left of its limit, if that can be, and no signal has come
 * meanwhile that it may be waiting for. */
void stop_world_gate_leave(ucontext_t *context, bool was_cut_short);

/* For the tests. Whether the thread's system call comes back with EINTR; makes it begin anew
 * instead, if it can be told which call it is. */
bool stop_world_gate_is_cut_short(const ucontext_t *context);
bool stop_world_gate_begin_anew(ucontext_t *context);

#endif
