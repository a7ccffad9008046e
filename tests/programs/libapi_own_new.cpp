/* A shared library that brings the process's global operators: over calloc, counted. */
#include <cstdlib>
#include <new>

unsigned long own_news, own_deletes;

void *operator new(size_t size)
{
    own_news++;
    void *block = calloc(1, size);
    if (!block)
        throw std::bad_alloc();
    return block;
}
void operator delete(void *block) noexcept { own_deletes += block != nullptr, free(block); }
void operator delete(void *block, size_t) noexcept { own_deletes += block != nullptr, free(block); }
