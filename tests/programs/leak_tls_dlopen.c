// A library loaded by dlopen holds 40 in a thread-local variable. Its storage is a block of the
// dynamic linker's, made on first use.
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
    void (*hold)(void *) = (void (*)(void *))dlsym(library, "leak_tls_hold");
    hold(node(40, NULL));
}
int main(void)
{
    load();
    work();
    forget();
}
