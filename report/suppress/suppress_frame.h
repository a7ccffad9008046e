/* suppress_frame.h: does one frame of a call stack match one pattern of a suppression?
 *
 * Used by suppress_match and suppress_print.
 */
#ifndef SUPPRESS_FRAME_H
#define SUPPRESS_FRAME_H

#include "suppress/suppress_rules.h"

/* Not for SUPPRESS_DOTS, which match no frame but any number of them. What valgrind's users write
 * about valgrind's own parts is understood: at frame 0 an obj: pattern that names its preloaded
 * library means libtrace.so, "(below main)" is libc's start code, and other names that valgrind has
 * for a function are that function's, too. A leak: pattern passes over what libc has below main and
 * below a thread's function: LeakSanitizer's stacks are short, and its users do not see that. */
bool suppress_frame_matches(const struct suppress_pattern *pattern,
                            const struct suppress_stack *stack, size_t frame);

/* Orders patterns; 0 for equal ones. */
int suppress_pattern_compare(const struct suppress_pattern *a, const struct suppress_pattern *b);

/* Is this linked name one of the functions that call main? */
bool suppress_frame_is_below_main(const char *function);
#define SUPPRESS_BELOW_MAIN "(below main)"

/* valgrind's name for this linked name at this frame; NULL: the same. */
const char *suppress_frame_other_name(const char *function, size_t frame);
/* What valgrind calls an inlined function that it knows no name of. */
#define SUPPRESS_INLINED "UnknownInlinedFun"

#endif
