/* alloc_site.h: the type that a call allocates, as the compiler wrote it down.
 *
 * clang from 21 on gives the call sites of new expressions DW_AT_LLVM_alloc_type, where it
 * describes call sites: from -O1 on. (Its heapallocsite before that is CodeView's only.)
 */
#ifndef ALLOC_SITE_H
#define ALLOC_SITE_H

#include <elfutils/libdw.h>
#include <stdbool.h>

/* function: the real one that makes the call; return_address: as debug information has it. */
bool alloc_site_type(Dwarf_Die *function, Dwarf_Addr return_address, Dwarf_Die *type);

#endif
