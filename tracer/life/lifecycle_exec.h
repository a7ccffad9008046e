/* lifecycle_exec: the process becomes another program, or fails to. Nobody is held and no check is
 * made, because exec may fail and the program would see it.
 *
 * That program is the heir of this one: it goes on with the log (trace_log_earlier), unless it has
 * one of its own (--trace-children=yes) or cannot be traced. */
#ifndef LIFECYCLE_EXEC_H
#define LIFECYCLE_EXEC_H

#include "os/exec_target.h"

#include <stdbool.h>
#include <stddef.h>

struct env_children_plan;

/* What a program is called of which execveat is told this. What path points to need not be there.
 */
const char *lifecycle_exec_name(int fd, const char *path);
/* Whether the program that this process is about to become is to be its heir. */
bool lifecycle_exec_has_heir(void);
/* The process is about to become the program `path`, which need not be there; or it could not.
 * `plan`, of that many bytes: its environment. Says which descriptor an heir goes on with. */
void lifecycle_exec(const char *path, enum exec_target target, struct env_children_plan *plan,
                    size_t plan_bytes);
void lifecycle_exec_failed(void);

#endif
