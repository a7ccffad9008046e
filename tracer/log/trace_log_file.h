/* trace_log_file: which file becomes the log.
 *
 * Never one behind a symbolic link, never in place of something that is not a trace log, and never
 * in place of a log that a live process writes: then it is trace.PID.log, or trace.PID.2.log and so
 * on. A log is told to be in use by the lock that its writer holds, and by the writer's number and
 * start in its header. */
#ifndef TRACE_LOG_FILE_H
#define TRACE_LOG_FILE_H

#include <stdint.h>

#define TRACE_LOG_PATH_SIZE 4096u

/* Makes a fresh file, locked: at `path` (absolute), or at another name, which `path` then becomes.
 * Its descriptor or -errno; with -EEXIST a line has said why. Nothing is said where only logs of
 * programs that this process was before are in the way: a shell makes way for its last command all
 * the time, and the summary names the log. */
long trace_log_file_open(char path[TRACE_LOG_PATH_SIZE]);
/* Puts the process' number into the name. */
void trace_log_file_number(char path[TRACE_LOG_PATH_SIZE]);

/* Makes a fresh file, locked, of that name and no other. Its descriptor or -errno. */
long trace_log_file_create(const char *path);
/* What snapshot `number` of the process is called: trace.log → trace.PID.NUMBER.log. */
void trace_log_file_number_snapshot(char path[TRACE_LOG_PATH_SIZE], const char *log,
                                    uint32_t process, uint32_t number);

/* Before trace_log_begin: a log that a program began since then (CLOCK_REALTIME, nanoseconds)
 * stays, whatever its number is now. Process numbers come again, in other namespaces at once. */
void trace_log_file_keep_since(uint64_t since);

#endif
