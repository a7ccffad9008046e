/* bypass: whether anything in this process allocates past the tracer.
 *
 * A library opened with RTLD_DEEPBIND is bound to libc's malloc, one that calls __libc_malloc goes
 * there by itself, one in another namespace has a malloc of its own. Told by what the loader has
 * written into the modules' tables, not by watching dlopen, which looks at its caller. Takes the
 * loader's lock for a moment, but not in a forked child, where nobody may be left to give it up. */
#ifndef BYPASS_H
#define BYPASS_H

#include <stdbool.h>

/* Whether there is such a module, or was one when this was asked before. */
bool bypass_is_there(void);

#endif
