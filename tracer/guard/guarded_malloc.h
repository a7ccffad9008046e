/* guarded_malloc: the malloc family with --guard, --freelist-vol or a fill.
 *
 * It stands in `real` before the next malloc, where observe has seen an allocation not yet and a
 * free already, and so costs nothing where none of these was asked for. Where it is done, each
 * function gives the block to the guard area or to the next malloc, and takes it from there. A
 * forked child that is not traced goes on with it, but is given no more guarded blocks. */
#ifndef GUARDED_MALLOC_H
#define GUARDED_MALLOC_H

#include "guard/guard_options.h"

/* Called once, with one thread, after all others that stand there. false: no memory for it. */
bool guarded_malloc_begin(const struct guard_options *options);
bool guarded_malloc_is_on(void);
/* At the end: says in the log what did not do what was asked. */
void guarded_malloc_end(void);

#endif
