#include "suppress_default.h"

/* Only what a program can neither free nor see. libc's caches, stdio's buffers and the pool of
 * libstdc++ are not here: the leak check frees them first, or finds them reachable. */
const char suppress_default_text[] =
    /* The thread-local storage of a library opened with dlopen is allocated when a thread first
     * touches it, and the only pointer to it may be an interior one. valgrind's own list has it. */
    "{\n"
    "   dynamic linker: thread-local storage made on first use\n"
    "   Memcheck:Leak\n"
    "   match-leak-kinds: possible,reachable\n"
    "   fun:malloc\n"
    "   ...\n"
    "   fun:__tls_get_addr*\n"
    "}\n";
