// A throw passes over the delete: 40 bytes definitely lost. The exception object itself was freed,
// and so was what destructors own.
#include "leak.h"
#include <stdexcept>
#include <vector>
static APART void thrower()
{
    std::vector<int> freed(100);
    char *lost = new char[40];
    throw std::runtime_error("passing");
    delete[] lost;
}
static APART void work()
{
    try {
        thrower();
    } catch (const std::exception &) {
    }
}
int main()
{
    work();
    forget();
}
