// What a library opened with RTLD_DEEPBIND makes by its own operators new the program deletes, and the other way
// round. "wrong": what does not fit is an error all the same.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <new>
#include <string>

struct alignas(64) aligned { char bytes[64]; };

int main(int argc, char **argv)
{
    std::string path(argv[0], strrchr(argv[0], '/') - argv[0]);
    void *library = dlopen((path + "/libloader_deep_cxx.so").c_str(), RTLD_NOW | RTLD_DEEPBIND);
    if (!library)
        return puts(dlerror()), 9;
    auto make = [&](const char *name) { return reinterpret_cast<void *(*)()>(dlsym(library, name))(); };
    auto drop = [&](const char *name, void *block) { reinterpret_cast<void (*)(void *)>(dlsym(library, name))(block); };
    for (int i = 0; i < 10; i++) {
        delete static_cast<int *>(make("deep_new"));
        drop("deep_delete_array", make("deep_new_array"));
        delete static_cast<aligned *>(make("deep_new_aligned"));
        delete static_cast<int *>(make("deep_new_nothrow"));
        drop("deep_delete", new int(1));
    }
    if (argc > 1) {
        delete[] static_cast<int *>(make("deep_new"));
        drop("deep_delete", malloc(10));
    }
    puts("survived");
    return 3;
}
