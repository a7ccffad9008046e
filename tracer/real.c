#include "real.h"

#include <dlfcn.h>

struct real_functions real;

void *real_find(const char *symbol)
{
    return dlsym(RTLD_NEXT, symbol);
}

void *real_find_cxx(const char *symbol)
{
    static const char *const libraries[] = {"libstdc++.so.6", "libc++.so.1", "libc++abi.so.1"};
    void *found = real_find(symbol);
    for (size_t i = 0; !found && i < sizeof libraries / sizeof *libraries; i++) {
        void *handle = dlopen(libraries[i], RTLD_LAZY | RTLD_NOLOAD);
        if (!handle)
            continue;
        found = dlsym(handle, symbol);
        dlclose(handle);
    }
    return found;
}

void real_resolve(void)
{
    /* malloc and its three companions stand first in the list: a later symbol that is missing makes
     * dlsym allocate its error text. */
#define X(result, name, symbol, parameters) real.name = (result(*) parameters)real_find(symbol);
#include "real.def"
#undef X
}
