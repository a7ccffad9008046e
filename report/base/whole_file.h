/* whole_file: a file that others see when it is whole. Until then it has a name of its own in the
 * same folder, .leakreport-PID-N, and what had its name before is left alone.
 *
 * As if it were written in place: links are followed, and a file that is replaced keeps its owner,
 * group and mode. Where that cannot be (another name or access list of it, a folder that cannot be
 * written to, a mount), it is copied into its place when it is whole. What is no regular file, and
 * /dev/stdout and its like, are written at once. What is not finished is gone at the end of the
 * process (leftover). One thread.
 */
#ifndef WHOLE_FILE_H
#define WHOLE_FILE_H

#include <stdbool.h>
#include <stdio.h>

struct whole_file;

/* Whether it could be begun; -1 with errno. Nothing is changed, and of a device nothing is known.
 */
int whole_file_check(const char *name);
/* NULL with errno when it cannot be. */
struct whole_file *whole_file_begin(const char *name);
/* Appends; for whole_file_close. NULL with errno. */
FILE *whole_file_open(struct whole_file *file);
/* As fclose: EOF with errno, also when something could not be written before. */
int whole_file_close(struct whole_file *file, FILE *out);
/* It gets its name; -1 with errno. `file` is gone. */
int whole_file_finish(struct whole_file *file);
/* It never was. `file` is gone. NULL: nothing. */
void whole_file_forget(struct whole_file *file);

#endif
