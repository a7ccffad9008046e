/* Global operators that keep books in memory of malloc's, and throw at times. */
#include <cstdlib>
#include <new>

bool refuses;
static void *book;

void *operator new(size_t size)
{
    free(book);
    book = malloc(size / 2);
    if (refuses)
        throw std::bad_alloc();
    return malloc(size);
}
void operator delete(void *block) noexcept { free(block); }
void operator delete(void *block, size_t) noexcept { free(block); }
void close_book() { free(book), book = nullptr; }
