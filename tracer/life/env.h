/* env: what the user asked for, from the environment, and the program's environment put back.
 *
 * LIBTRACE_OPTIONS takes options in leakreport's and valgrind's spelling, separated by blanks
 * (quotes are honoured). The program must not see that it is traced, and its children are not to be
 * traced unasked, so LIBTRACE_OPTIONS and our entry of LD_PRELOAD are taken out of its environment
 * before it looks; with --trace-children=yes they stay, the entry made absolute, unless a
 * parent put them there (env_children). In a set-uid
 * program nothing is read. Called once, before the program runs, with one thread. */
#ifndef ENV_H
#define ENV_H

#include "guard/guard_options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a parent put into the environment that it gave this program, and so goes out of it again. */
enum env_added {
    ENV_ADDED_NOTHING,
    ENV_ADDED_OPTIONS,  /* LIBTRACE_OPTIONS */
    ENV_ADDED_BOTH,     /* LD_PRELOAD, too */
    ENV_ADDED_IN_FRONT, /* the tracer, to what LD_PRELOAD had */
    ENV_ADDED_COUNT
};

struct env_options {
    char trace_file[4096]; /* absolute, expanded */
    char log_file[4096];   /* absolute, expanded; empty: standard error */
    char trace_name[4096]; /* the same two, but for %p, so that a forked child can expand them */
    char log_name[4096];
    char trace_relative[4096]; /* as they were given, if relative; else empty */
    char log_relative[4096];
    const char *text;      /* the whole list, in the environment's memory */
    uint64_t traced_since; /* when the first program of this run began; 0: this is the first */
    enum env_added added;
    bool quiet;
    bool verbose;
    bool trace_children;
    bool trace_forks;      /* forked children, too, before they become another program */
    bool follow_exec;      /* what this process becomes, where its children are not traced */
    bool skipped;          /* this program is one that is not to be traced */
    int log_descriptor;    /* the log of what this process was before; -1: there is none */
    int words_descriptor;  /* and the file of --log-file */
    char skip_names[4096]; /* patterns of programs that are not traced, with commas between them */
    char skip_arguments[4096];
    bool debug_invariants; /* check the tracer's own tables at the end */
    bool verify_stacks;    /* compare every capture with libunwind's own answer */
    bool errors_live;      /* a reader shows errors as they happen */
    bool leak_check;
    bool stale_all;      /* stacks, too, and what may be meant for a fresh block */
    bool stale_pointers; /* it writes which words point to what was given up */
    bool heap_graph;     /* it writes who points at whom */
    bool ages;           /* it writes how old blocks are, roughly */
    bool mmap;           /* what the program maps is recorded, too */
    bool run_libc_freeres;
    bool run_cxx_freeres;
    bool track_fds;   /* say at the end which descriptors are open */
    bool glib;        /* let GLib help, as it helps valgrind */
    int check_signal; /* by which a check may be asked for, too; 0: none */
    uint64_t sample;  /* of so many bytes one is drawn; 0: every block is recorded */
    struct guard_options guard;
    unsigned heuristics; /* bit N: enum trace_heuristic N */
};

/* Whether libc has set the environment up. The loader's allocations before that are not traced. */
bool env_is_there(void);
/* Reads and removes. On a bad option writes one sentence into `problem` and returns -1. */
int env_take_options(struct env_options *options, char *problem, size_t problem_size);

#endif
