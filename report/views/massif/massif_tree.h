/* massif_tree.h: one snapshot's tree: who allocated, who called those, and so on outwards. */
#ifndef MASSIF_TREE_H
#define MASSIF_TREE_H

#include <stdio.h>
#include "judge/call_tree.h"

/* `values`: bytes of each of the model's stacks. Parts of the whole below a hundredth stand
 * together in one line, as massif has them. */
void massif_tree(FILE *out, const struct call_tree *tree, const uint64_t *values);

#endif
