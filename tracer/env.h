/* env: what the user asked for, from the environment, and the program's environment put back.
 *
 * LIBTRACE_OPTIONS takes options in leakreport's and valgrind's spelling, separated by blanks
 * (quotes are honoured). The program must not see that it is traced, and its children are not to be
 * traced unasked, so LIBTRACE_OPTIONS and our entry of LD_PRELOAD are taken out of its environment
 * before it looks; with --trace-children=yes they stay, the entry made absolute. In a set-uid
 * program nothing is read. Called once, before the program runs, with one thread. */
#ifndef ENV_H
#define ENV_H

#include <stdbool.h>
#include <stddef.h>

struct env_options {
    char trace_file[4096]; /* absolute, expanded */
    char log_file[4096];   /* absolute, expanded; empty: standard error */
    char trace_name[4096]; /* the same two, but for %p, so that a forked child can expand them */
    char log_name[4096];
    bool quiet;
    bool verbose;
    bool trace_children;
    bool verify_stacks; /* compare every capture with libunwind's own answer */
    bool leak_check;
    bool run_libc_freeres;
    bool run_cxx_freeres;
    unsigned heuristics; /* bit N: enum trace_heuristic N */
};

/* Whether libc has set the environment up. The loader's allocations before that are not traced. */
bool env_is_there(void);
/* Reads and removes. On a bad option writes one sentence into `problem` and returns -1. */
int env_take_options(struct env_options *options, char *problem, size_t problem_size);
/* Takes the tracer (the file `tracer`, its absolute path) out of LD_PRELOAD, or makes it absolute.
 */
void env_hide_preload(const char *tracer, bool keep);
/* Expands %n and %q{VAR} in a file name and makes it absolute; what is left has %p and %% in it. -1
 * and a sentence if bad. */
int env_prepare_name(const char *name, char *path, size_t size, char *problem, size_t problem_size);
/* Expands %p, %n, %q{VAR} and %% in a file name and makes it absolute. -1 and a sentence if bad. */
int env_expand_name(const char *name, char *path, size_t size, char *problem, size_t problem_size);

#endif
