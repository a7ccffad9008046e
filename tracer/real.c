#include "real.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>

struct real_functions real;

void *real_find(const char *symbol)
{
    return dlsym(RTLD_NEXT, symbol);
}

/* Whether a loaded file is the C++ runtime, by the beginning of its name; its path into `context`. */
static int is_runtime(struct dl_phdr_info *info, size_t size, void *context)
{
    static const char *const names[] = {"libstdc++.so", "libc++.so", "libc++abi.so"};
    const char *slash = strrchr(info->dlpi_name, '/');
    const char *name = slash ? slash + 1 : info->dlpi_name;
    (void)size;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(name, names[i], strlen(names[i])) == 0) {
            *(const char **)context = info->dlpi_name;
            return 1;
        }
    return 0;
}

void *real_find_cxx(const char *symbol)
{
    const char *path = NULL;
    /* Looking first: a dlopen or dlsym that fails would change what the program's dlerror says. */
    if (!dl_iterate_phdr(is_runtime, &path))
        return NULL;
    void *handle = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
    if (!handle)
        return NULL;
    void *found = dlsym(handle, symbol);
    real.dlclose(handle);
    return found;
}

void real_resolve(void)
{
    /* malloc and its three companions stand first in the list: a later symbol that is missing makes
     * dlsym allocate its error text. */
#define X(result, name, symbol, parameters) real.name = (result(*) parameters)real_find(symbol);
#include "real.def"
#undef X
    dlerror(); /* what was not found is not the program's business */
}
