/* libloader_deep.c under other names: the same code, and the same place in memory if that is free. */
#define NAME(function) twin_##function
#include "libloader_deep.c"
