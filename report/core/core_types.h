/* core_types.h: what a block is, as far as its own bytes tell: an object of a C++ class, by the
 * vtable that its first word points to. */
#ifndef CORE_TYPES_H
#define CORE_TYPES_H

#include "core/image.h"

struct core_types; /* opaque */

struct core_types *core_types_new(const struct image *image);
void core_types_free(struct core_types *types);
/* "vtable for Session", if the block's first word points into one, which is told; else NULL. The
 * text is good until core_types_free. */
const char *core_types_of(struct core_types *types, uint64_t block, uint64_t *vtable);

#endif
