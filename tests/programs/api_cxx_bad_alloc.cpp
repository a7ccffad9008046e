/* operator new that throws, many times, with malloc between: the blocks of malloc stay malloc's, and
 * those of new are new's. Each exception object is a malloc of libstdc++'s and freed. */
#include "api.h"

#include <new>

/* More than malloc takes at all, and what it asks the kernel for in vain: more than a process has addresses. */
static volatile size_t too_much = PTRDIFF_MAX;
static const size_t too_much_for_the_kernel = (size_t)1 << 47;

__attribute__((noinline)) static void *by_malloc(size_t size) { return got(malloc(size), size); }
__attribute__((noinline)) static void *by_calloc(size_t size) { return got(calloc(1, size), size); }
__attribute__((noinline)) static void *by_new(size_t size) { return got(operator new(size), size); }

__attribute__((noinline)) static int throws(int how)
{
    try {
        void *block;
        switch (how) {
        case 0: block = operator new(too_much); break;
        case 1: block = operator new[](too_much); break;
        case 2: block = operator new(too_much, std::align_val_t(64)); break;
        case 3: block = operator new[](too_much, std::align_val_t(64)); break;
        default: block = new char[too_much]; break;
        }
        return block == nullptr;
    } catch (const std::bad_alloc &) {
        return 1;
    }
}

int main()
{
    for (int i = 0; i < 500; i++) {
        too_much = i % 2 ? PTRDIFF_MAX : too_much_for_the_kernel;
        CHECK(throws(i % 5) == 1);
        by_malloc(10);
        CHECK(throws(i % 5) == 1);
        by_calloc(20);
        CHECK(throws(i % 5) == 1);
        by_new(30);
        CHECK(operator new(too_much, std::nothrow) == nullptr);
        by_malloc(10);
    }
    return tell();
}
