/* supervise.h: runs a program as a child, as if it stood in this process's place.
 *
 * It has this process's group, terminal and standard streams, so ^C and ^Z reach it as they would.
 * What is sent to this process alone is passed on, and what the whole group is sent is not, so each
 * signal comes once. When the program stops, this process stops, and goes on with it. Meanwhile no
 * file is held open but standard error and `kept`: who waits for the end of a pipe waits for the
 * program.
 */
#ifndef SUPERVISE_H
#define SUPERVISE_H

#include <sys/types.h>
#include "base/failure.h"
#include "cli/folder_watch.h"

/* become(): in the child; turns it into the program, and returns only when that failed. 0: the
 * program ran, as *pid, and ended with *wait_status. -1 with `failure` filled: it never began.
 * `watch` is on while it runs. */
int supervise(void (*become)(void *context, struct failure *failure), void *context, int kept,
              struct folder_watch *watch, pid_t *pid, int *wait_status, struct failure *failure);
/* Dies of the same signal as a child did. Returns where that is not possible. */
void supervise_die_of(int signal_number);

#endif
