// The only pointer into a vector's storage (40 longs) is an iterator to its seventh element:
// possibly lost; and what the storage points to (16 bytes) as well.
#include "leak.h"
#include <vector>
static std::vector<void *>::iterator held;
static APART void work()
{
    auto *vector = new std::vector<void *>(40);
    (*vector)[3] = node(16, nullptr);
    held = vector->begin() + 7;
}
int main()
{
    work();
    forget();
}
