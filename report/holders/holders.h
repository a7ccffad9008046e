/* holders.h: what was asked about who holds memory: --why and --retained.
 */
#ifndef HOLDERS_H
#define HOLDERS_H

#include "base/options.h"
#include "holders/kept_tree.h"
#include "holders/why.h"

enum holder_kind { HOLDER_ROOT, HOLDER_STACK, HOLDER_BLOCK, HOLDER_KINDS };

struct holder {
    uint32_t number; /* of names, stacks, blocks */
    uint64_t own;    /* STACK: its blocks */
    struct kept kept;
};

struct holders {
    struct holding holding;
    struct ways ways;
    struct why *whys; /* as many as options.why has */
    uint32_t why_count;
    bool retained; /* was asked for; where not all pointers are known the lists are empty */
    struct holder *lists[HOLDER_KINDS]; /* the largest first */
    uint32_t counts[HOLDER_KINDS];
    struct kept_tree tree; /* where they were asked for */
    bool is_partial;       /* not all pointers are known */
};

/* Stacks that are to be shown are symbolized. NULL: nothing was asked, or there is no leak check
 * that could answer. */
struct holders *holders_find(const struct options *options, struct model *model,
                             const struct loss_records *records, struct symbolizer *symbolizer);
void holders_free(struct holders *holders);

#endif
