/* renderer.h: what every output gets to see, and what an output is.
 *
 * One const struct per output; log_report picks one. A renderer writes to a stream and changes
 * nothing but `generated`.
 */
#ifndef RENDERER_H
#define RENDERER_H

#include <stdio.h>
#include "base/options.h"
#include "judge/group.h"
#include "judge/process_tree.h"
#include "judge/rank.h"
#include "judge/select.h"
#include "read/model.h"

struct report {
    const struct options *options;
    const struct model *model;
    const struct loss_records *records;
    const struct selection *selection;
    const struct rankings *rankings;
    const struct process_tree *tree;
    uint32_t number;          /* of the process in the tree */
    bool several;             /* it is one of several */
    struct intern *generated; /* suppressions that are printed already; NULL: print all */
};

/* When the reports on all of several logs are written. */
struct report_all {
    const struct options *options;
    const struct process_tree *tree;
    const struct suppressions *suppressions; /* counts: of all logs */
};

struct renderer {
    void (*render)(FILE *out, const struct report *report);
    void (*render_all)(FILE *out, const struct report_all *all);
};

extern const struct renderer render_text;

#endif
