/* forked: how a forked child comes to be traced (--trace-children=yes).
 *
 * Three calls from fork's own handlers, which fork(), daemon() and forkpty() run, and from _Fork(),
 * but not from a raw clone, vfork() and posix_spawn(). The forking thread of the parent keeps the
 * others out of the tracer (fork_gate) and waits until the child has copied the log, or has died,
 * or a time limit; signals are blocked meanwhile. As in valgrind a child's figures go on from its
 * parent's.
 */
#ifndef FORKED_H
#define FORKED_H

#include "life/env.h"

/* Before fork: the last thing before libc takes its own locks. */
void forked_prepare(void);
/* In the parent after a fork that was prepared, one that failed too. */
void forked_in_parent(void);
/* In the child: gives it a log of its own, with everything that is known so far, and takes over
 * what the forking thread was. false: it is not to be traced; why is said, but where nobody
 * prepared. */
bool forked_in_child(const struct env_options *options);
/* The child is ready: the parent may go on, and signals may come. */
void forked_done(void);

#endif
