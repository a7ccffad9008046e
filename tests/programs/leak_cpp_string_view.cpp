// A view into the middle of a lost string: its characters (101 bytes) are possibly lost, the string
// object itself (32) definitely.
#include "leak.h"
#include <string>
#include <string_view>
static std::string_view held;
static APART void work()
{
    auto *string = new std::string(100, 'x');
    held = std::string_view(*string).substr(10);
}
int main()
{
    work();
    forget();
}
