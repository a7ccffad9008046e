/* program_file.h: whether a program can be traced, judged by its file, before it is run.
 *
 * LD_PRELOAD reaches only dynamically linked programs of this machine's kind that do not gain
 * rights when they start; and two tools that replace malloc do not mix. Reads ELF headers with
 * libelf; follows "#!" lines.
 */
#ifndef PROGRAM_FILE_H
#define PROGRAM_FILE_H

#include <limits.h>
#include <stdbool.h>
#include "base/failure.h"

/* A shell's exit statuses, and valgrind's, for a program that is not there, and for one that cannot
 * be run: failure.status of the following. */
enum { PROGRAM_NOT_FOUND = 127, PROGRAM_NOT_RUN = 126 };

/* Where execvp would find this program. -1: nowhere, or it may not be run. */
int program_file_find(const char *name, char path[PATH_MAX], struct failure *failure);
/* Is this name a program's, of an ELF file or a "#!" script, and not a log's? A bare one is looked
 * for in PATH, unless a file here has it. What is not there was meant to be one, unless it is
 * called like a log. */
bool program_file_is_program(const char *name);
/* 0: it can be traced; -1: why not. */
int program_file_check(const char *path, struct failure *failure);

/* Is it a core file, by its first bytes? */
bool program_file_is_core(const char *name);

#endif
