// flags: -D_GNU_SOURCE
/* Libraries that come and go while others allocate: loader_loop WAY [TIMES]. */
#include "api.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <fcntl.h>

static char folder[3000];
static int done, argument;

static void *open_library(const char *name, int flags)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    void *library = dlopen(path, RTLD_NOW | flags);
    CHECK(library != NULL);
    return library;
}

static void *use(const char *name, const char *prefix, int leaks)
{
    char symbol[100];
    void *library = open_library(name, 0);
    if (!library)
        return NULL;
    snprintf(symbol, sizeof symbol, "%s_keep", prefix);
    ((void (*)(size_t))dlsym(library, symbol))(33);
    snprintf(symbol, sizeof symbol, "%s_leak", prefix);
    void *(*leak)(void) = (void *(*)(void))dlsym(library, symbol);
    void *kept = leaks ? leak() : NULL;
    snprintf(symbol, sizeof symbol, "%s_drop", prefix);
    ((void (*)(void))dlsym(library, symbol))();
    dlclose(library);
    return kept;
}

/* The same library, again and again. */
static void again(void)
{
    for (int i = 0; i < (argument ? argument : 500); i++)
        use("libloader_deep.so", "deep", 0);
}

/* Two libraries in turn, which come to the same address: a block of each, from the same place in the file. */
static void *kept[2];
static void replaced(void)
{
    struct stat status;
    kept[0] = use("libloader_deep.so", "deep", 1);
    kept[1] = use("libloader_twin.so", "twin", 1);
    for (int i = 0; i < 100; i++) {
        use("libloader_deep.so", "deep", 0);
        use("libloader_twin.so", "twin", 0);
    }
}

static void *allocate_always(void *unused)
{
    while (!__atomic_load_n(&done, __ATOMIC_RELAXED))
        free(malloc(100));
    return unused;
}
static void *load_always(void *name)
{
    char prefix[5] = {0};
    memcpy(prefix, strstr(name, "_") + 1, 4);
    for (int i = 0; i < 150; i++)
        use(name, prefix, 0);
    return NULL;
}
/* Several threads load and unload, each a library of its own or the same, others allocate. */
static void threads(void)
{
    char *names[] = {"libloader_deep.so", "libloader_twin.so"};
    pthread_t loaders[4], others[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&others[i], NULL, allocate_always, NULL);
    for (int i = 0; i < 2; i++)
        pthread_create(&loaders[i], NULL, load_always, names[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(loaders[i], NULL);
    __atomic_store_n(&done, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < 3; i++)
        pthread_join(others[i], NULL);
}

int main(int argc, char **argv)
{
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(argv[0], '/') - argv[0]), argv[0]);
    const char *way = argc > 1 ? argv[1] : "again";
    argument = argc > 2 ? atoi(argv[2]) : 0;
    if (strcmp(way, "again") == 0)
        again();
    else if (strcmp(way, "replaced") == 0)
        replaced();
    else
        threads();
    say("%s done\n", way);
    return books.failures ? 1 : 0;
}
