/* log_xtree: the files that --xtree-leak and --xtree-memory ask for, beside the report. */
#ifndef LOG_XTREE_H
#define LOG_XTREE_H

#include "views/output.h"
#include "views/renderer.h"

struct log_xtree {
    struct output leak, memory;
};

void log_xtree_begin(struct log_xtree *xtree, const struct options *options);
void log_xtree_end(struct log_xtree *xtree);
/* Writes what is asked for and notes in the report where that is, or why not. */
void log_xtree_write(struct log_xtree *xtree, struct report *report);
void log_xtree_forget(struct report *report);

#endif
