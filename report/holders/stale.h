/* stale.h: words that point to blocks that the program gave up, each with what it stands in; those
 * of one variable to blocks of one stack are one. */
#ifndef STALE_H
#define STALE_H

#include "holders/root_names.h"

struct stale_group {
    const struct stale_pointer *first;
    uint32_t root;   /* of names; UINT32_MAX: it stands in a block */
    uint64_t offset; /* into the root, or the block */
    uint32_t count;  /* words */
};
struct stale {
    struct root_names names;
    struct stale_group *groups;
    uint32_t count;
};

/* NULL: there are none. */
struct stale *stale_find(struct model *model, struct symbolizer *symbolizer, bool demangle);
void stale_free(struct stale *stale);

#endif
