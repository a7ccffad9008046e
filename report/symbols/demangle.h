/* demangle.h: a linker's name as its programmer wrote it.
 *
 * C++ (Itanium) with parameters, as valgrind prints it; Rust, both the older scheme and v0, without
 * the hash. Uses libiberty.
 */
#ifndef REPORT_DEMANGLE_H
#define REPORT_DEMANGLE_H /* libiberty has a DEMANGLE_H of its own */

/* A new string (free it), or NULL when the name is not a mangled one. */
char *demangle_name(const char *name);

#endif
