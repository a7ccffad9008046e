/* own_frame.h: the place of a finding: the innermost frame of its stack that is the user's own.
 *
 * The user's own is what has its source below the folder that leakreport was called in; else what
 * has a source and lies outside of the system's folders; else whatever has a source.
 */
#ifndef OWN_FRAME_H
#define OWN_FRAME_H

#include "judge/shown_stack.h"

/* root: that folder, absolute. false: no frame has a source, and `line` is the innermost one
 * outside of the tracer, or all zero. */
bool own_frame(struct shown_line *line, const struct options *options, const struct model *model,
               uint32_t stack, const char *root);

/* xmalloc, g_strdup, operator new: who calls them says more. NULL is none. */
bool own_frame_is_allocator(const char *function);
/* Is the function, by its name, one that stands in malloc's place in the program: xmalloc,
 * g_malloc0, zmalloc_usable? */
bool own_frame_is_wrapper(const char *function);

#endif
