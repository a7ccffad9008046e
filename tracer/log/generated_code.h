/* generated_code: the names of code that was made at run time, into the log.
 *
 * What node (--perf-basic-prof), the JVM (-XX:+DumpPerfMapAtExit), Python 3.12 (-X perf) and others
 * write for perf: /tmp/perf-PID.map, lines START SIZE NAME, the numbers in hexadecimal digits, a
 * later line for later code (Linux, tools/perf/Documentation/jit-interface.txt). It is copied as it
 * is when the process ends, because afterwards it may be gone, or somewhere else. */
#ifndef GENERATED_CODE_H
#define GENERATED_CODE_H

#include <stdint.h>

/* Copies the file, if there is one of this process. When nothing is recorded any longer. */
void generated_code_end(void);

/* A file that this process may have written of its code; -1: there is none, or it is another
 * user's or an earlier process's. */
int generated_code_open(const char *path, uint64_t *size);

#endif
