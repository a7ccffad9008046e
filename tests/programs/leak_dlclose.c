// A library's static variable holds 40, and the library is unloaded: definitely lost.
#include "leak.h"
#include <dlfcn.h>
static void *library;
/* The library beside the program, by a name that is everywhere the same: the linker keeps it. */
static APART void load(void)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    path[length] = 0;
    *strrchr(path, '/') = 0;
    chdir(path);
    library = dlopen("./libleak_tls.so", RTLD_NOW);
}
static APART void work(void)
{
    void (*hold)(void *) = (void (*)(void *))dlsym(library, "leak_library_hold");
    hold(node(40, NULL));
}
int main(void)
{
    load();
    work();
    dlclose(library);
    forget();
}
