// flags: -lapi_replaced
/* The program's own global operators, over malloc with a header before each block: they bypass the
 * tracer's operators, their mallocs do not. A library brings operators of its own under other names
 * and calls the global ones: the program's. */
#include "api.h"

#include <new>
#include <string>

enum { header = 16 };
static unsigned long news, deletes;

void *operator new(size_t size)
{
    news++;
    size_t *block = (size_t *)got(malloc(size + header), size + header);
    *block = size;
    return block + 2;
}
void operator delete(void *pointer) noexcept
{
    if (!pointer)
        return;
    deletes++;
    size_t *block = (size_t *)pointer - 2;
    gone(*block + header);
    free(block);
}
void operator delete(void *pointer, size_t) noexcept { operator delete(pointer); }

extern "C" void *libapi_replaced_make(size_t size);
extern "C" void libapi_replaced_drop(void *block);

int main()
{
    for (int i = 0; i < 10; i++) {
        std::string text(100, 'x');
        int *array = new int[25]; /* libstdc++'s new[] calls the program's new */
        delete[] array;
        delete new double;
        libapi_replaced_drop(libapi_replaced_make(40));
    }
    libapi_replaced_make(64);
    new char[48];
    CHECK(news == 42 && deletes == 40);
    return tell();
}
