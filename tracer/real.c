#include "real.h"

#include <dlfcn.h>

struct real_functions real;

void *real_find(const char *symbol)
{
    return dlsym(RTLD_NEXT, symbol);
}

void real_resolve(void)
{
    /* malloc and its three companions stand first in the list: a later symbol that is missing makes
     * dlsym allocate its error text. */
#define X(result, name, symbol, parameters) real.name = (result(*) parameters)real_find(symbol);
#include "real.def"
#undef X
}
