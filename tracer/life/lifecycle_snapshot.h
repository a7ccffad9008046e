/* lifecycle_snapshot: a leak check of a process that goes on.
 *
 * Whoever may send the process signals may ask for one (struct trace_snapshot). The threads stand
 * still while the kernel makes a child, which has a copy of all private memory, and while the child
 * copies the log's tables, which are shared; then they go on, and the child makes a log of its own
 * in which all is as it was at that moment, with verdicts as at the end. README.md says why so. */
#ifndef LIFECYCLE_SNAPSHOT_H
#define LIFECYCLE_SNAPSHOT_H

/* From now on it can be asked for. `signal`: of --check-on-signal, or 0. */
void lifecycle_snapshot_begin(int signal);
/* Before this process becomes another program, which must not find a child that it did not make. */
void lifecycle_snapshot_stop(void);
/* In a forked child: the parent's is not its own. */
void lifecycle_snapshot_forked(void);

#endif
