/* words_root.h: what roots are called.
 */
#ifndef WORDS_ROOT_H
#define WORDS_ROOT_H

#include "holders/root_names.h"

/* The caller's to free: "static variable g_sessions (server.c:41)"; with_place: what lies `offset`
 * bytes into it stands in the name, as in "g_sessions.table[3]". */
char *words_root(const struct model *model, const struct root *root, bool with_place,
                 uint64_t offset);

#endif
