// An exception kept in a global exception_ptr: the pointer is to the object behind the runtime's
// header of 128 bytes, an interior one without excuse: possibly lost.
#include "leak.h"
#include <exception>
static std::exception_ptr *held;
static APART void work()
{
    held = new std::exception_ptr;
    try {
        throw 42L;
    } catch (...) {
        *held = std::current_exception();
    }
}
int main()
{
    work();
    forget();
}
