/* real: the functions that the interposed names would have called without us.
 *
 * One struct of pointers, filled once from the symbol tables of the loaded files, in the loader's
 * own order of search, behind us. No lock is taken, nothing is allocated and dlerror is left as
 * found, so it may be done inside any malloc. A function that nobody provides is NULL (operator new
 * in a C program, free_sized before C23). */
#ifndef REAL_H
#define REAL_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct real_functions {
#define X(result, name, symbol, parameters) result(*name) parameters;
#include "libc/real.def"
#undef X
};
extern struct real_functions real __attribute__((visibility("hidden")));
/* As they were found: in `real` something may stand in front of them (blank, libc_caches). Those
 * that real_resolve finds. */
extern struct real_functions real_found __attribute__((visibility("hidden")));

/* What the tracer itself wants of libc, though the names are not reserved: the program may have
 * functions of its own that bear them, so they are looked up in libc's file and not as the loader
 * does. Filled when first asked for. */
struct real_libc {
#define X(result, name, parameters) result(*name) parameters;
#include "libc/real_libc.def"
#undef X
};
const struct real_libc *real_libc(void);
/* Whether libc is glibc 2.MINOR or a later one: for what its text promises from then on and no call
 * tells. */
bool real_libc_is_since(unsigned minor);

/* Whether a file that the loader searches before us, the program itself, defines `symbol`: then
 * calls of it never come here. */
bool real_is_bypassed(const char *symbol);
/* Whether libc comes before us, opened by a running program or linked behind libc: no call comes
 * here. Then `real` is of the first ones. */
bool real_comes_late(void);
/* Fills `real`. malloc, free, calloc and realloc are there afterwards, or the program could not
 * have been started. */
void real_resolve(void);
/* One function, of a library loaded since too (also one that only its loader can see); NULL: there
 * is none. */
void *real_find(const char *symbol);
/* A function or an object of one loaded file. */
void *real_find_in(const struct link_map *file, const char *symbol);
/* A variable, where the process has it (the program may have a copy that all use). */
void *real_find_object(const char *symbol);
/* Where its code lies; empty: there is none. */
void real_extent(const char *symbol, uint64_t *begin, uint64_t *end);
/* Tells the file that a function comes from, by a pointer for comparison; NULL: none. */
const void *real_provider(const char *symbol);
/* Whether an address lies in the code of that function. */
bool real_is_inside(uintptr_t address, const char *symbol);

#endif
