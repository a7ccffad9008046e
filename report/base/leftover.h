/* leftover: what a process removes when a signal ends it, or when it calls exit. SIGKILL leaves it.
 * One thread. */
#ifndef LEFTOVER_H
#define LEFTOVER_H

/* `remove` may also be called in a signal handler, and more than once. A child of this process does
 * not call it. */
void leftover_watch(void (*remove)(void));
/* What lies between these two is not interrupted. */
void leftover_hold(void);
void leftover_release(void);

#endif
