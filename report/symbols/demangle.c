#include "symbols/demangle.h"
#include <stddef.h>
#include <libiberty/demangle.h>

/* Rust first: its older scheme is valid C++ too, with a hash for the last name. */
char *demangle_name(const char *name)
{
    if (name[0] != '_' || (name[1] != 'Z' && name[1] != 'R'))
        return NULL;
    char *text = rust_demangle(name, DMGL_PARAMS);

    return text ? text : cplus_demangle_v3(name, DMGL_PARAMS | DMGL_ANSI);
}
