// flags: -O2 -fno-optimize-sibling-calls
// Leaks whose frames valgrind and libc have different names for: inlined functions, threads, aligned
// memory, a recursion that is deeper than the frames that are kept.
#include <cstdlib>
#include <malloc.h>
#include <pthread.h>
#include <string>

static void *volatile kept;

namespace shop {
struct Cart {
    int *make(int count) { return new int[count]; }
    template <class T> T *fill(int count) { return reinterpret_cast<T *>(make(count)); }
};
}

__attribute__((noinline)) static void inlined()
{
    shop::Cart cart;
    kept = cart.fill<int>(10);
    kept = new std::string("so long that it does not fit into the string itself");
    kept = nullptr;
}

extern "C" __attribute__((noinline)) void in_thread()
{
    kept = malloc(120);
    kept = nullptr;
}

static void *begin(void *nothing)
{
    in_thread();
    return nothing;
}

extern "C" __attribute__((noinline)) void aligned()
{
    void *block = nullptr;
    if (posix_memalign(&block, 64, 201) != 0)
        abort();
    kept = block;
    kept = memalign(64, 202);
    kept = aligned_alloc(64, 256);
    kept = valloc(203);
    kept = nullptr;
}

extern "C" __attribute__((noinline)) void deeper(int levels)
{
    if (levels > 0)
        deeper(levels - 1);
    else
        kept = malloc(301);
    __asm__ volatile("" ::: "memory");
}

int main()
{
    pthread_t thread;
    inlined();
    if (pthread_create(&thread, nullptr, begin, nullptr) != 0)
        return 1;
    pthread_join(thread, nullptr);
    aligned();
    deeper(30);
    kept = nullptr;
    return 0;
}
