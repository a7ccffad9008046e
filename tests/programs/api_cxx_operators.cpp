/* Every operator new with every operator delete that fits it. */
#include "api.h"

#include <initializer_list>
#include <new>

typedef void *pointer;
static const std::align_val_t wide = std::align_val_t(256);
static const std::nothrow_t &nothrow = std::nothrow;

/* One block by NEW, freed by DELETE. */
#define PAIR(new_call, delete_call)                                                                \
    do {                                                                                           \
        pointer p = new_call;                                                                      \
        CHECK((uintptr_t)p % 16 == 0);                                                             \
        got(p, size);                                                                              \
        delete_call;                                                                               \
        gone(size);                                                                                \
    } while (0)
#define ALIGNED_PAIR(new_call, delete_call)                                                        \
    do {                                                                                           \
        pointer p = new_call;                                                                      \
        CHECK((uintptr_t)p % 256 == 0);                                                            \
        got(p, size);                                                                              \
        delete_call;                                                                               \
        gone(size);                                                                                \
    } while (0)

static void plain(size_t size)
{
    PAIR(operator new(size), operator delete(p));
    PAIR(operator new(size), operator delete(p, size));
    PAIR(operator new(size), operator delete(p, nothrow));
    PAIR(operator new(size, nothrow), operator delete(p));
    PAIR(operator new(size, nothrow), operator delete(p, size));
    PAIR(operator new(size, nothrow), operator delete(p, nothrow));
}

static void array(size_t size)
{
    PAIR(operator new[](size), operator delete[](p));
    PAIR(operator new[](size), operator delete[](p, size));
    PAIR(operator new[](size), operator delete[](p, nothrow));
    PAIR(operator new[](size, nothrow), operator delete[](p));
    PAIR(operator new[](size, nothrow), operator delete[](p, size));
    PAIR(operator new[](size, nothrow), operator delete[](p, nothrow));
}

static void plain_aligned(size_t size)
{
    ALIGNED_PAIR(operator new(size, wide), operator delete(p, wide));
    ALIGNED_PAIR(operator new(size, wide), operator delete(p, size, wide));
    ALIGNED_PAIR(operator new(size, wide), operator delete(p, wide, nothrow));
    ALIGNED_PAIR(operator new(size, wide, nothrow), operator delete(p, wide));
    ALIGNED_PAIR(operator new(size, wide, nothrow), operator delete(p, size, wide));
    ALIGNED_PAIR(operator new(size, wide, nothrow), operator delete(p, wide, nothrow));
}

static void array_aligned(size_t size)
{
    ALIGNED_PAIR(operator new[](size, wide), operator delete[](p, wide));
    ALIGNED_PAIR(operator new[](size, wide), operator delete[](p, size, wide));
    ALIGNED_PAIR(operator new[](size, wide), operator delete[](p, wide, nothrow));
    ALIGNED_PAIR(operator new[](size, wide, nothrow), operator delete[](p, wide));
    ALIGNED_PAIR(operator new[](size, wide, nothrow), operator delete[](p, size, wide));
    ALIGNED_PAIR(operator new[](size, wide, nothrow), operator delete[](p, wide, nothrow));
}

struct alignas(64) aligned_object {
    char text[64];
};

int main()
{
    for (size_t size : {1, 24, 256, 5000, 300000}) {
        plain(size);
        array(size);
        plain_aligned(size);
        array_aligned(size);
    }
    delete (int *)nullptr;
    operator delete(nullptr, nothrow);
    operator delete[](nullptr, wide);
    operator delete(nullptr, 77, wide);
    size_t size = sizeof(aligned_object);
    PAIR(new aligned_object, delete (aligned_object *)p);
    /* One of each stays, for the report's names. */
    got(operator new(11), 11);
    got(operator new[](12), 12);
    got(operator new(13, nothrow), 13);
    got(operator new[](14, nothrow), 14);
    got(operator new(256, wide), 256);
    got(operator new[](512, wide), 512);
    got(operator new(1024, wide, nothrow), 1024);
    got(operator new[](2048, wide, nothrow), 2048);
    return tell();
}
