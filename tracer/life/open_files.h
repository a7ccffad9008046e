/* open_files: the file descriptors that the program leaves open at its end, for --track-fds.
 *
 * Asked of the kernel twice, at the start and at the end, through /proc/self/fd; nothing is done in
 * between. So it is not known where a file was opened, only whether it was there at the start.
 */
#ifndef OPEN_FILES_H
#define OPEN_FILES_H

/* At the start, with one thread: what is there now was inherited. */
void open_files_begin(void);
/* Writes what is open into the log. Where /proc is not there, nothing is written. */
void open_files_end(void);

#endif
