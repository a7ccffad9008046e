// flags: -rdynamic
/* dlsym and dlopen that fail: dlerror's text is allocated, by the loader, while it holds its lock. */
#define _GNU_SOURCE
#include "api.h"

#include <dlfcn.h>

int main(void)
{
    CHECK(dlerror() == NULL); /* nobody has failed before us */
    for (int i = 0; i < 1000; i++) {
        CHECK(dlsym(RTLD_DEFAULT, "no_such_function") == NULL);
        CHECK(dlsym(RTLD_NEXT, "no_such_function_either") == NULL);
        char *text = dlerror();
        CHECK(text && strstr(text, "undefined symbol: no_such_function_either"));
        CHECK(dlerror() == NULL);
    }
    CHECK(dlopen("/nonexistent/lib.so", RTLD_NOW) == NULL);
    say("%s\n", dlerror());
    void *self = dlopen(NULL, RTLD_NOW);
    CHECK(self && dlsym(self, "main") == (void *)main);
    dlclose(self);
    void *library = dlopen("libm.so.6", RTLD_LAZY);
    double (*cosine)(double) = dlsym(library, "cos");
    CHECK(cosine && cosine(0) == 1);
    dlclose(library);
    return books.failures != 0;
}
