/* libc_caches: what libc and libstdc++ keep for themselves to the end, freed, as valgrind does it.
 *
 * Only in the leak check's child, which ends soon: a program whose caches are gone may crash. */
#ifndef LIBC_CACHES_H
#define LIBC_CACHES_H

#include <stdbool.h>

/* The caches' blocks leave the block table and the counts. Tracing is off, and stays so. It may
 * crash or hang, where the program has spoiled libc's data. */
void libc_caches_free(bool of_libc, bool of_cxx, bool malloc_is_glibcs);

#endif
