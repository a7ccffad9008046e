/* locked_memory: mlockall for a program beside whose memory the tracer's lies.
 *
 * The kernel measures all that is mapped, most of it the tracer's tables that nothing touches, by
 * RLIMIT_MEMLOCK, and would fill and hold all of it. So the program's mappings are locked one by
 * one where it asks for all, and the tracer's are left out, now and later. */
#ifndef LOCKED_MEMORY_H
#define LOCKED_MEMORY_H

/* As the system call: 0 or -errno. */
long locked_memory_lock_all(int flags);

#endif
