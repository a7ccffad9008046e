// operator new, new[], nothrow and aligned new, each lost once: 4, 40, 8 and 64 bytes.
#include "leak.h"
#include <new>
struct alignas(64) line {
    char bytes[64];
};
static APART void work()
{
    new int;
    new int[10];
    new (std::nothrow) long;
    new line;
}
int main()
{
    work();
    forget();
}
