/* env_children: the environment of the programs that a traced one runs, with --trace-children=yes,
 * and of the one that it becomes, its heir, with --follow-exec=yes.
 *
 * A program that passes its environment on passes our two entries with it. One that gives a program
 * an environment of its own (env -i, clearenv(), the envp of execve) would lose it: there the
 * entries are put in, and marked, so that the tracer takes them out again before the program looks
 * (env_hide_…). Where the tracer cannot be in the program they are left out.
 *
 * The environment is the program's to get wrong: memory that cannot be read is left to the kernel
 * to refuse. No allocator: the caller has space for the copy, on its stack, because between vfork
 * and exec nobody could give it back. */
#ifndef ENV_CHILDREN_H
#define ENV_CHILDREN_H

#include "os/exec_target.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct env_options;

/* Once, with one thread, before the program runs: makes what the children's options are from those
 * of this process, as the environment has them. Names become absolute there, because a child may be
 * run in another folder. `tracer`: its absolute path. */
void env_children_begin(const struct env_options *options, const char *tracer);
/* Whether children are to be traced. */
bool env_children_is_on(void);
/* The same for an heir alone; that environment is made when there is one. `log`: the log's path, or
 * NULL. */
void env_children_begin_heir(const struct env_options *options, const char *tracer,
                             const char *log);
/* Whether the tracer can be in a heir: its file can be read from where this process is now. */
bool env_children_heir_can_load(void);

struct env_children_plan {
    char *const *given;
    size_t count;      /* of its entries */
    size_t preload_at; /* the index of LD_PRELOAD, or count */
    size_t options_at; /* and of LIBTRACE_OPTIONS */
    bool leaves_out;   /* the entries are to go, not to come */
    bool is_heir;
    bool is_too_large;    /* for the entries to be put in */
    int log_descriptor;   /* an heir's; -1: it makes its log by name */
    int words_descriptor; /* and of --log-file; -1: it opens that by name */
};

/* How many bytes the environment takes that a program gets which is given this one; 0: this very
 * one. */
size_t env_children_plan(struct env_children_plan *plan, enum exec_target target,
                         char *const environment[]);
/* The same for an heir. */
size_t env_children_plan_heir(struct env_children_plan *plan, enum exec_target target,
                              char *const environment[]);
/* Makes it in `space`, aligned as a pointer. What it points to is there or in the given one. */
char **env_children_make(const struct env_children_plan *plan, void *space);

/* One line, if the target is one that cannot be traced. */
void env_children_say(enum exec_target target, const char *name);

/* While a function of libc's runs that makes programs with `environ`: the entries are in there.
 * What other threads change in it meanwhile is kept. */
struct env_children_loan {
    char **before;     /* environ */
    struct lent *lent; /* NULL: it is left alone */
};
void env_children_lend(struct env_children_loan *loan);
void env_children_take_back(struct env_children_loan *loan);

#endif
