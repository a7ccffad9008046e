/* message: what the tracer says to the user, a line at a time, in valgrind's manner.
 *
 * Lines go to the standard error that the program was started with (never to another file that has
 * taken its number since), or to the file that --log-file names. Formatting needs no libc: %s
 * string, %u uint64_t with commas, %d int64_t plain, %x uint64_t hexadecimal, %% itself. Callable
 * at any moment; a line is one write. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Notes where standard error leads, and the process number that lines begin with. */
void message_begin(void);
/* In a forked child: lets go of what message_begin keeps; nothing is said any longer. */
void message_forget(void);
/* In a forked child that is traced: lets go of the parent's descriptor, so that a reader of the
 * parent's standard error does not wait for this process; its own one is used while it leads there.
 */
void message_forked(void);
/* All further lines go to the file `path`, which is made anew unless `goes_on`; where that cannot
 * be, says so and leaves them where they went. */
void message_to_file(const char *path, bool goes_on);
/* The same with a descriptor of it that is open already. */
void message_to_open_file(const char *path, int fd);
/* The descriptor of that file; -1: there is none. */
int message_descriptor(void);
/* One line "==PID== text". */
void message_line(const char *format, ...);
/* Writes text into a buffer with the same formats; returns the length, always ends with NUL. */
size_t message_format(char *buffer, size_t size, const char *format, ...);

#endif
