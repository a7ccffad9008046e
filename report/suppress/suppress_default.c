#include "suppress/suppress_default.h"

/* No entries: no program that was tried needs one. libc's caches and the pool of libstdc++ are
 * freed before the leak check, the dynamic linker's blocks are roots of it, and what else the
 * runtime keeps is still reachable. valgrind's own entries for the linker's thread-local storage
 * match nothing with glibc 2.36, where it counts such blocks as still reachable, as we do. */
const char suppress_default_text[] = "# built-in suppressions: none\n";
