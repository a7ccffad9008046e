/* vector_state: which words of a signal frame are vector registers.
 *
 * The kernel puts them there as the processor's XSAVE does: the 512 bytes of FXSAVE, a header, and
 * the other components at offsets of the processor's choice, with gaps between. In a gap lies what
 * the stack held before, and old pointers are no registers. A component that the header does not
 * name is in its initial state, which is no pointer. */
#ifndef VECTOR_STATE_H
#define VECTOR_STATE_H

#include <stdint.h>

/* Calls visit for each range of the area begin … end that holds registers. begin == end: none. */
void vector_state_for_each(uint64_t begin, uint64_t end,
                           void (*visit)(void *context, uint64_t begin, uint64_t end),
                           void *context);

#endif
