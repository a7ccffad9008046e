/* renderer.h: what every view gets to see, and what a view is.
 *
 * A view prints: what is shown, and why no more, was decided before (judge), and sentences are made
 * in words/. One const struct per view, in the table of base/format.def. A renderer writes to a
 * stream and changes nothing but `generated` and `question`.
 *
 * A document is what a view writes to one stream: begin, one or more processes' reports, end. Logs
 * are read one after another, so a view that needs all of them at once keeps what it needs.
 */
#ifndef RENDERER_H
#define RENDERER_H

#include <stdio.h>
#include "base/options.h"
#include "base/question.h"
#include "holders/cycles.h"
#include "holders/holders.h"
#include "judge/diff/diff_rank.h"
#include "judge/ending.h"
#include "judge/growth_stacks.h"
#include "judge/group.h"
#include "judge/outline.h"
#include "judge/own/never_freed.h"
#include "judge/own/old_blocks.h"
#include "judge/own/tally.h"
#include "judge/process_tree.h"
#include "judge/rank.h"
#include "judge/select.h"
#include "judge/verdict.h"
#include "read/model.h"

struct report {
    const struct options *options;
    const struct model *model;
    const struct loss_records *records;
    const struct selection *selection;
    const struct rankings *rankings;
    const struct cycles *cycles;         /* of lost blocks */
    const struct holders *holders;       /* NULL: nobody asked for them, or nothing is known */
    const struct log_diff *diff;         /* what has changed; NULL: it is compared with nothing */
    const struct diff_rankings *changes; /* where `diff` is */
    const struct growth_stacks *growth;  /* NULL: nobody asked for it */
    const struct stale *stale;           /* NULL: there is none, or nobody looked */
    const struct tally *tally;           /* --by; NULL: nobody asked for it */
    const struct never_freed *never;     /* --never-freed; NULL: nobody asked for it */
    const struct old_blocks *old;        /* the same */
    const struct process_tree *tree;
    const struct file_roots *roots; /* where sources are looked for, too; or NULL */
    uint32_t number;                /* of the process in the tree */
    bool several;                   /* it is one of several */
    bool first;                     /* of its document */
    uint64_t errors_from;           /* the record of ERRORS up to which they were shown before */
    struct ending ending;           /* of the process */
    enum moment moment;             /* of what is live */
    struct outline outline;         /* what is shown */
    struct no_check no_check;       /* why there is no verdict: outline.leaks says whether */
    char *xtree_leak;               /* the file that its leaks are in, or why not; NULL: unasked */
    char *xtree_memory;             /* and its allocations */
    struct question *question;      /* for --gen-suppressions=yes; NULL: nobody can be asked */
    struct intern *generated;       /* suppressions that are printed already; NULL: print all */
};

/* A document, and when its end is written, what all of its reports came to. */
struct report_all {
    const struct options *options;
    const struct process_tree *tree;
    const struct suppressions *suppressions; /* counts: of all logs */
    bool several;                            /* more than one log was named */
};

struct renderer {
    void (*begin)(FILE *out, const struct report_all *all); /* NULL: nothing */
    void (*render)(FILE *out, const struct report *report);
    /* Those behind report->errors_from, while the program runs; NULL: they wait for the end. */
    void (*render_errors)(FILE *out, const struct report *report);
    void (*end)(FILE *out, const struct report_all *all); /* NULL: nothing */
    /* Without begin and end of their own, reports are lines that follow one another. */
    bool is_document;
    bool one_process;   /* a document holds one: each has a file of its own */
    bool wants_usage;   /* the use of memory is loaded, be it asked for or not */
    bool wants_history; /* and what was live of each stack over time */
    bool lists_all;     /* records of all kinds, be they shown in text or not */
    bool wants_stacks;  /* all stacks are symbolized, be they shown or not */
};

/* Fills in what follows from the other fields: how it ended, what is shown. */
void renderer_prepare(struct report *report);
/* enum cli_format's. */
const struct renderer *renderer_of(int format);

#endif
