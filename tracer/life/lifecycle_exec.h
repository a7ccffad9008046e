/* lifecycle_exec: the process becomes another program, or fails to. Nobody is held and no check is
 * made, because exec may fail and the program would see it. */
#ifndef LIFECYCLE_EXEC_H
#define LIFECYCLE_EXEC_H

/* What a program is called of which execveat is told this. What path points to need not be there.
 */
const char *lifecycle_exec_name(int fd, const char *path);
/* The process is about to become the program `path`, which need not be there; or it could not. */
void lifecycle_exec(const char *path);
void lifecycle_exec_failed(void);

#endif
