/* jitdump: the names of code that was made at run time, from the file that its maker writes for
 * `perf inject --jit`, into the log.
 *
 * What writes one (node --perf-prof, the JVM's libperf-jvmti, LLVM, Python 3.13 -X perf_jit) maps
 * its first page executable, so that perf's record has the file's name; by that call it is known
 * here. It is a header and records, each with its kind, its size and a time (Linux,
 * tools/perf/Documentation/jitdump-specification.txt). At the end those that name code, move it or
 * tell its lines go into JITDUMP as they are, but without the code itself. */
#ifndef JITDUMP_H
#define JITDUMP_H

/* A file was mapped executable. */
void jitdump_mapped(int fd);
/* Copies the records, if there is such a file. When nothing is recorded any longer. */
void jitdump_end(void);

#endif
