/* observe_new: what operator new allocates is recorded as its own, not as malloc's.
 *
 * Before operator new calls malloc it leaves a label with the thread: who called it, and for how
 * much. The malloc below finds the label and records the block for that caller. A label that an
 * exception left behind is told by the stack. Callable like observe. */
#ifndef OBSERVE_NEW_H
#define OBSERVE_NEW_H

#include "tables/thread.h"

#include <stdbool.h>

/* What operator new was asked for. */
struct block;
struct observe_new {
    size_t size;
    enum trace_family family;
    uint32_t alignment_log2;
};
/* operator new is about to call malloc: the block is then to be recorded as operator new's. */
void observe_new_begin(const struct observe_new *what, const struct call_site *site);
/* A malloc while the thread has a label: the block is recorded as operator new's, if it is for it.
 */
void observe_new_allocation(struct thread *thread, void *pointer, size_t size,
                            enum trace_family family, uint32_t alignment_log2,
                            const struct call_site *site);
/* The same where not all blocks are recorded: gives this one, malloc's so far, what the label has.
 * false: it is not for it. */
bool observe_new_takes(struct thread *thread, struct block *block, const struct call_site *site);
/* And operator new has returned, or was left. */
void observe_new_forget(const struct call_site *site);
/* malloc found no memory. */
void observe_new_failed(void);
/* After operator new: the block is recorded as its own, whoever allocated it. */
void observe_new_done(void *pointer, const struct observe_new *what, const struct call_site *site);
/* Whether a delete of `pointer`, which no live block begins at, is the business of a replaced
 * operator that keeps a header before its blocks: it is passed on unobserved, and the free below is
 * judged. */
bool observe_new_is_behind_header(void *pointer);

#endif
