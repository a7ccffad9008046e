/* real: the functions that the interposed names would have called without us.
 *
 * One struct of pointers, filled once through dlsym(RTLD_NEXT). A function that nobody provides is
 * NULL (operator new in a C program, free_sized before C23). dlsym may allocate; the caller serves
 * that from bootstrap. */
#ifndef REAL_H
#define REAL_H

#include <stddef.h>

struct real_functions {
#define X(result, name, symbol, parameters) result(*name) parameters;
#include "real.def"
#undef X
};
extern struct real_functions real;

/* Fills `real`. malloc, free, calloc and realloc are there afterwards, or the program could not
 * have been started. */
void real_resolve(void);
/* One function that appeared later, with a library loaded since; NULL: there is none. */
void *real_find(const char *symbol);
/* The same for a function of the C++ runtime, which may be loaded for its loader only to see, and is
 * then behind us in no search order. */
void *real_find_cxx(const char *symbol);

#endif
