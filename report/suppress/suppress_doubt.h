/* suppress_doubt.h: lines of a suppression file that are no errors, and match nothing.
 *
 * valgrind reads them without a word, and so does this; but nobody can have meant them, so each
 * becomes a warning of the rules. Texts are not NUL ended. Used by suppress_parse only.
 */
#ifndef SUPPRESS_DOUBT_H
#define SUPPRESS_DOUBT_H

#include <stddef.h>
#include "suppress/suppress_rules.h"

struct suppress_position {
    const char *file;
    unsigned line;
};

/* "tool1,tool2" of an entry that names no Memcheck; `begins` is the line of its "{". */
void suppress_doubt_tools(struct suppress_rules *rules, struct suppress_position position,
                          unsigned begins, const char *tools, size_t length);
/* The name behind "fun:", "obj:", "src:" or "leak:", which is `what`. */
void suppress_doubt_name(struct suppress_rules *rules, struct suppress_position position,
                         const char *what, const char *name, size_t length);

#endif
