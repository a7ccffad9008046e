/* suppress_match.h: all suppressions as one machine that a call stack is fed to, frame by frame.
 *
 * The machine is bit parallel. Every frame pattern of every rule is one bit, the rules laid one
 * behind the other in the order in which they are tried, each followed by one bit that means
 * "matched":
 *
 *     rule A: f1 f2 ok | rule B: ... f1 ok | …
 *
 * A set bit means: the frames so far have brought this rule to this pattern. A frame moves the
 * bits whose pattern it matches one further; dots keep their bit as well as passing it on. So a
 * stack of n frames costs n steps over the bits, whatever the patterns are, and no rule can make
 * it exponential. Only patterns whose bit is set are compared with a frame, and the result is
 * remembered by the frame's identity.
 *
 * Used by suppress.c only.
 */
#ifndef SUPPRESS_MATCH_H
#define SUPPRESS_MATCH_H

#include "suppress/suppress_rules.h"

struct suppress_matcher; /* opaque */

/* Keeps pointing at the rules: they may not change while it lives. */
struct suppress_matcher *suppress_matcher_new(const struct suppress_rules *rules);
void suppress_matcher_free(struct suppress_matcher *matcher);
/* Identities of frames mean other frames from now on. */
void suppress_matcher_forget(struct suppress_matcher *matcher);

/* The first rule in the order of trying (last read, first tried) that matches, or NULL. */
struct suppress_rule *suppress_matcher_find(struct suppress_matcher *matcher,
                                            enum suppress_kind kind, unsigned leak_kinds,
                                            const struct suppress_stack *stack);

#endif
