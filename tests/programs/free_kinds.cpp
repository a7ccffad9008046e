// flags: -fsized-deallocation -faligned-new
// free_kinds KIND: one kind of bad free, then work goes on. What it prints is what a program prints whose
// bad frees do nothing.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cstdint>
#include <new>

static char data[64];
static const char text[] = "text that nobody may free";

// Out of line and by pointers that the compiler cannot follow, or it would do away with some of it.
__attribute__((noinline)) static char *make(size_t size) { return (char *)malloc(size); }
__attribute__((noinline)) static void drop(void *block) { free(block); }
__attribute__((noinline)) static void *resize(void *block, size_t size) { return realloc(block, size); }

static void twice() { char *block = make(1234); drop(block); drop(block); }
static void thrice() { char *block = make(1234); drop(block); for (int i = 0; i < 3; i++) drop(block); }
static void by_realloc() { void *block = resize(make(1234), 0); char *other = make(500); drop(other); printf("%d\n", resize(other, 600) == NULL); }
static void after_realloc() { char *block = make(10); char *wall = make(10); resize(block, 100000); drop(block); drop(wall); }
static void inside() { char *block = make(70); drop(block + 3); drop(block); }
static void realloc_inside() { char *block = make(70); printf("%d\n", resize(block + 16, 10) == NULL); drop(block); }
static void inside_freed() { char *block = make(70); drop(block); drop(block + 16); }
static void behind() { char *block = make(64); drop(block + 64); drop(block); }
static void of_data() { drop(data + 16); drop((void *)text); }
static void of_stack() { volatile char room[64] = {0}; drop((void *)(room + 16)); }
static void of_number() { drop((void *)0x1234567890); }
static void of_code() { drop((void *)&of_number); }
static void of_function_of_libc() { drop((void *)&printf); }
static void of_literal() { drop((void *)"a literal"); }
static void delete_of_malloc() { delete (long *)make(8); }
static void delete_array_of_malloc() { delete[] make(80); }
static void free_of_new() { drop(new long); }
static void free_of_new_array() { drop(new char[30]); }
static void delete_of_new_array() { delete new char[1]; }
static void delete_array_of_new() { delete[] new char; }
static void realloc_of_new() { void *block = resize(new char[30], 60); drop(block); }
static void delete_twice() { long *block = new long; delete block; delete block; }
static void delete_of_freed() { long *block = (long *)make(8); drop(block); delete block; }
static void free_of_strdup() { char *copy = strdup("a copy"); drop(copy); drop(copy); }
static void wrong_size() { operator delete(operator new(30), (size_t)31); }
static void wrong_array_size() { operator delete[](operator new[](30), (size_t)29); }
static void wrong_alignment() { operator delete(operator new(64, std::align_val_t(64)), std::align_val_t(128)); }
static void missing_alignment() { operator delete(operator new(64, std::align_val_t(64))); }
static void wrong_array_alignment() { operator delete[](operator new[](64), std::align_val_t(64)); }
static void twice_of_no_size() { char *block = make(0); drop(block); drop(block); }
static void right_sizes()
{
    operator delete(operator new(30), (size_t)30);
    operator delete[](operator new[](30), (size_t)30);
    operator delete(operator new(64, std::align_val_t(64)), (size_t)64, std::align_val_t(64));
    delete new long;
    delete[] new long[5];
}
// Every other block of a crowd stays, so that nothing is given out again where the first one was.
static void long_after()
{
    char *first = make(100);
    static char *crowd[20000];
    for (int i = 0; i < 20000; i++)
        crowd[i] = make(2000);
    drop(first);
    for (int i = 0; i < 20000; i += 2)
        drop(crowd[i]);
    drop(first);
    for (int i = 1; i < 20000; i += 2)
        drop(crowd[i]);
}
// The same place, another block: not the freed one any longer.
static void reused()
{
    char *first = make(40);
    drop(first);
    char *second = make(40);
    printf("%d\n", second != NULL);
    drop(second);
    drop(second);
}

#define KIND(name) {#name, name}
static const struct { const char *name; void (*run)(); } kinds[] = {
    KIND(twice), KIND(thrice), KIND(by_realloc), KIND(after_realloc), KIND(inside), KIND(realloc_inside), KIND(inside_freed),
    KIND(behind), KIND(of_data), KIND(of_stack), KIND(of_number), KIND(of_code), KIND(of_function_of_libc), KIND(of_literal), KIND(delete_of_malloc),
    KIND(delete_array_of_malloc), KIND(free_of_new), KIND(free_of_new_array), KIND(delete_of_new_array), KIND(delete_array_of_new),
    KIND(realloc_of_new), KIND(delete_twice), KIND(delete_of_freed), KIND(free_of_strdup), KIND(wrong_size), KIND(wrong_array_size),
    KIND(wrong_alignment), KIND(missing_alignment), KIND(wrong_array_alignment), KIND(twice_of_no_size), KIND(right_sizes), KIND(long_after), KIND(reused)};

int main(int, char **arguments)
{
    for (auto &kind : kinds)
        if (strcmp(kind.name, arguments[1]) == 0)
            kind.run();
    // The allocator is whole: what is asked of it is as good as ever.
    for (int i = 0; i < 1000; i++) {
        char *block = make(1 + i);
        memset(block, i, 1 + i);
        drop(block);
    }
    puts("survived");
    return 3;
}
