// Objects placed in a buffer of the program: the static buffer's object holds 33 bytes (still
// reachable); the lost malloc buffer (64, definitely) has an object that owns 65 (indirectly).
#include "leak.h"
#include <new>
#include <string>
alignas(16) static char buffer[64];
static APART void work()
{
    new (buffer) std::string(32, 'h');
    new (malloc(64)) std::string(64, 'l');
}
int main()
{
    work();
    forget();
}
