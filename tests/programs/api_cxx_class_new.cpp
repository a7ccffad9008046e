/* Operators of a class's own: over malloc, over ::operator new, and from a static pool, which is no
 * allocation at all. */
#include "api.h"

#include <new>

struct by_malloc {
    char text[100];
    static void *operator new(size_t size) { return got(malloc(size), size); }
    static void operator delete(void *block) { free(block), gone(sizeof(by_malloc)); }
};
struct by_global {
    char text[200];
    static void *operator new(size_t size) { return got(::operator new(size), size); }
    static void operator delete(void *block) { ::operator delete(block), gone(sizeof(by_global)); }
};
struct by_pool {
    char text[300];
    static char pool[600];
    static size_t used;
    static void *operator new(size_t size) { return pool + (used += size) - size; }
    static void operator delete(void *) {}
};
char by_pool::pool[600];
size_t by_pool::used;

struct throws {
    char text[50];
    throws() { throw 1; }
    static void *operator new(size_t size) { return got(::operator new(size), size); }
    static void operator delete(void *block, size_t size) { ::operator delete(block), gone(size); }
};

int main()
{
    for (int i = 0; i < 10; i++) {
        delete new by_malloc;
        delete new by_global;
    }
    delete new by_pool;
    new by_pool;
    new by_malloc;
    new by_global;
    try {
        new throws;
        CHECK(false);
    } catch (int) {
        /* The exception's object, 144 bytes on this libstdc++: the test allows for it. */
    }
    return tell();
}
