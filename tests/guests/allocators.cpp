// Every way to allocate, in three threads, and two leaks.
#include <cstdio>
#include <cstdlib>
#include <malloc.h>
#include <map>
#include <string>
#include <thread>
#include <vector>

static __attribute__((noinline)) void *leak() { return malloc(1234); }
static __attribute__((noinline)) void *leak_new() { return new char[4321]; }
static void work()
{
    for (int i = 0; i < 20000; i++) {
        void *block = malloc(i % 700), *aligned = nullptr;
        if (posix_memalign(&aligned, 64, i % 300) == 0)
            free(aligned);
        free(realloc(block, i % 1000 + 1));
        free(calloc(3, i % 40));
        delete new std::string("longer than what a string holds inside");
        free(aligned_alloc(32, 64));
        free(memalign(128, 77));
    }
}
int main()
{
    std::map<std::string, std::vector<int>> map;
    std::thread one(work), two(work);
    work();
    one.join();
    two.join();
    for (int i = 0; i < 1000; i++)
        map[std::to_string(i)].resize(i % 50);
    void *volatile lost = leak();
    lost = leak_new();
    lost = nullptr;
    void *block = malloc(10);
    puts(malloc_usable_size(block) >= 10 ? "usable" : "too small");
    free(block);
    puts("done");
    return 3;
}
