/* type_call.h: the type of what a call allocates, where the function that makes the call says so.
 *
 * C++: allocate() of an allocator returns a pointer to it. Rust: functions of the crate alloc have
 * it as a parameter (Box<T>::new, RawVec<T>::allocate_in, Rc<T>::new …). And where the compiler
 * says it of a call (alloc_site).
 */
#ifndef TYPE_CALL_H
#define TYPE_CALL_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>
#include "symbols/source_lines.h"

enum type_call {
    TYPE_CALL_KNOWN,
    TYPE_CALL_NEW,    /* known, too: by a new expression, an array's with or without its count */
    TYPE_CALL_PASSES, /* the function is an allocator's: its caller may know */
    TYPE_CALL_UNKNOWN,
};

/* address: the file's own, of the call. */
enum type_call type_call_find(struct source_lines *lines, uint64_t address, Dwarf_Die *type);

/* The same by a function's whole C++ name: "std::allocator<T>::allocate(…)" means T. For free;
 * NULL: it does not say. */
char *type_call_name(const char *function);
/* Is it one that Rust's collections allocate by, whoever they are? rustc brings them without debug
 * information. */
bool type_call_passes(const char *function);

#endif
