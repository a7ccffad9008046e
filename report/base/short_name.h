/* short_name.h: a C++ or Rust function's name without what makes it long: the arguments of
 * templates.
 *
 * "std::vector<std::pair<int, long>, std::allocator<std::pair<int, long> > >::push_back" becomes
 * "std::vector<...>::push_back". What is short stays: "std::vector<int>", and so do operators
 * (operator<, operator->) and Rust's "<T as Trait>". A name whose brackets do not match is left as
 * it is.
 */
#ifndef SHORT_NAME_H
#define SHORT_NAME_H

#include <stddef.h>

/* The longest arguments that stay. */
enum { SHORT_NAME_ARGUMENTS = 24 };

/* For free. */
char *short_name(const char *name);
/* Where the name of the function begins, behind the type that it returns: at "std::f" of
 * "void std::f<int>(int)". */
const char *short_name_begin(const char *name);

#endif
