/* sys_guard: keeps the tracer from system calls that would kill the program.
 *
 * A program may lock itself in: strict mode, or a filter whose answer to a call that is not on its
 * list is death or SIGSYS. The tracer makes calls that no author of a filter thought of. So when
 * the program installs a filter it is copied here, and from then on each of the tracer's own calls
 * is put to the copies first, as the kernel will do. One that would be deadly is not made and fails
 * with EPERM, for which everything in the tracer is prepared. Filters that the program was started
 * with are not known here, nor those that are installed by a bare system call. */
#ifndef SYS_GUARD_H
#define SYS_GUARD_H

#include <stdbool.h>
#include <stddef.h>

struct sock_fprog;

/* Whether anything is installed. */
extern bool sys_guard_is_on;
/* The process that locked itself in. */
extern int sys_guard_pid;

/* Before the process `pid` asks the kernel: afterwards nobody may be able to. `room` is of
 * SYS_GUARD_ROOM bytes, for the copies, and stays; NULL: there is room, or none is to be had, and
 * then the worst is assumed of every filter. */
#define SYS_GUARD_ROOM ((size_t)256 << 10)
bool sys_guard_has_room(void);
void sys_guard_prepare(int pid, void *room);
/* After the kernel has taken the filter (so it can be read), or strict mode. Not undone. */
void sys_guard_add(const struct sock_fprog *filter);
void sys_guard_add_strict(void);

/* Whether this call would end in death or SIGSYS. */
bool sys_guard_forbids(long number, long a, long b, long c, long d, long e, long f);

#endif
