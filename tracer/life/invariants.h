/* invariants: whether the tracer's tables agree with one another and with their own rules, asked
 * once at the end of a program that is run with --debug-invariants=yes, which our tests do.
 *
 *     live blocks in the table = allocations - frees of all accounts, less what was lost
 *                              = what the threads have counted
 *     bytes of these blocks    = bytes allocated - bytes freed of all accounts = bytes in use
 *     peak of the bytes in use = sum of the stacks' shares of it
 *
 * Where an event may be under way (another thread stands in it, a handler of the program's may lie
 * above it, or has left it by a jump) these do not hold; what holds even then is asked all the
 * same. */
#ifndef INVARIANTS_H
#define INVARIANTS_H

#include "stop/stop_world.h"

#include <stdbool.h>

#define INVARIANTS_STATUS 70 /* what a process ends with whose tables do not agree */

/* Says each violation in a line; false: there was one. While nobody else is at the tables: `world`
 * has the other threads, as far as they could be held, `here` is the calling thread as the program
 * left it. */
bool invariants_hold(const struct stopped_world *world, const struct stopped_thread *here);

#endif
