/* lifecycle_fork: what a fork means for the process that is traced and for its child, which has a
 * log of its own (--trace-children=yes) or none. */
#ifndef LIFECYCLE_FORK_H
#define LIFECYCLE_FORK_H

/* From now on fork(), daemon() and forkpty() call the three below. */
void lifecycle_watch_forks(void);
/* The process is about to fork, and has, or could not: _Fork() calls no handlers. */
void lifecycle_before_fork(void);
void lifecycle_forked_in_parent(void);
void lifecycle_forked_in_child(void);

#endif
