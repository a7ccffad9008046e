/* root_names.h: what the roots are from which blocks are held: a variable of a module, a function's
 * frame, a register, thread-local storage, a pthread key, mapped memory.
 *
 * Each has a number, and pointers in the same variable, frame or mapping are in the same one. Names
 * are looked up when they are wanted.
 */
#ifndef ROOT_NAMES_H
#define ROOT_NAMES_H

#include <stdbool.h>
#include <stdint.h>
#include "base/intern.h"
#include "read/model.h"
#include "symbols/symbolize.h"

enum root_kind {
    ROOT_VARIABLE, /* of a module */
    ROOT_DATA,     /* of a module, in no variable that is known */
    ROOT_THREAD_LOCAL,
    ROOT_FRAME, /* of a function */
    ROOT_STACK, /* of a thread, in the frame of a function that is not known */
    ROOT_REGISTER,
    ROOT_VECTORS,    /* vector registers of a thread */
    ROOT_KEY,        /* a value of a pthread key */
    ROOT_DESCRIPTOR, /* what libc keeps of a thread */
    ROOT_REGION,     /* declared by the program */
    ROOT_MAPPING,
    ROOT_LOADER,  /* the dynamic linker uses the block */
    ROOT_IGNORED, /* the program said that the block is no leak */
    ROOT_UNKNOWN,
};

struct root {
    uint8_t kind; /* enum root_kind */
    bool is_static;
    uint8_t mapping;    /* MAPPING: enum trace_root_mapping */
    uint32_t module;    /* VARIABLE, DATA, THREAD_LOCAL */
    uint32_t tid;       /* 0: of no thread, or it is not known */
    const char *thread; /* its name, or "" */
    uint64_t start;     /* where it begins, if it is memory */
    uint64_t number;    /* REGISTER, KEY: which */
    const char *name;   /* variable, register; or NULL */
    const char *local;  /* FRAME: variable, or NULL */
    const char *function, *file;
    unsigned line;
    struct variable variable; /* where its name is NULL: nothing is known of its members */
    uint64_t inside;          /* where in `variable` the root begins */
};

struct root_names {
    struct model *model;
    struct symbolizer *symbolizer;
    bool demangle;
    struct trace_root *facts; /* by begin */
    uint64_t *ends;           /* the highest end of this fact and those in front of it */
    size_t fact_count;
    struct intern keys;
    struct root *roots;
    uint32_t count, capacity;
    char **texts;
    size_t text_count, text_capacity;
};

void root_names_begin(struct root_names *names, struct model *model, struct symbolizer *symbolizer,
                      bool demangle);
void root_names_end(struct root_names *names);

/* The root that lies at an address; *offset: how far into it. */
uint32_t root_names_at(struct root_names *names, uint64_t address, uint64_t *offset);
/* What lies there: ".table[3].head", or "". The caller's to free. */
char *root_names_member(const struct root *root, uint64_t offset);

#endif
