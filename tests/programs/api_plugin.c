/* A C program that opens a C++ plugin, RTLD_LOCAL: operator new is then behind us in no search order. */
#include "api.h"

#include <dlfcn.h>

int main(int argc, char **argv)
{
    char path[4096];
    snprintf(path, sizeof path, "%.*s/libapi_plugin.so", (int)(strrchr(argv[0], '/') - argv[0]), argv[0]);
    for (int round = 0; round < 3; round++) {
        void *plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!plugin)
            return say("%s\n", dlerror()), 1;
        void *(*make)(void) = dlsym(plugin, "plugin_make");
        void *(*make_array)(size_t) = dlsym(plugin, "plugin_make_array");
        void (*drop)(void *) = dlsym(plugin, "plugin_drop");
        int (*throws)(void) = dlsym(plugin, "plugin_throws");
        CHECK(dlsym(plugin, "no_such_function") == NULL);
        drop(make());
        char *error = dlerror(); /* still the one from before operator new */
        CHECK(error && strstr(error, "no_such_function"));
        CHECK(dlerror() == NULL);
        CHECK(throws() == 20);
        make();
        make_array(1000);
        dlclose(plugin);
    }
    say("three plugins were opened\n");
    return books.failures != 0;
}
