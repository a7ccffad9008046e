/* under: whether a call is made under a function that the user named (--guard=FUNCTION).
 *
 * The function is looked for in the symbols of each file whose code comes up in a stack, once for
 * each file: in .symtab, or .dynsym where there is none. A name is C's, C++'s with its scopes
 * (scope::name, whatever its parameters are), or as it is in the file. */
#ifndef UNDER_H
#define UNDER_H

#include "tables/thread.h"

/* Called once, with one thread. */
void under_begin(const char *function);
bool under_is_inside(struct thread *thread, const struct call_site *site);
/* Whether the function was found in any file. */
bool under_was_found(void);

#endif
