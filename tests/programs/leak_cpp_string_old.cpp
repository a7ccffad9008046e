// flags: -D_GLIBCXX_USE_CXX11_ABI=0
// A string of the old ABI points behind its three words of bookkeeping: held by a global it is still
// reachable through stdstring (24 + 40 + 1 bytes).
#include "leak.h"
#include <string>
static std::string *held;
static APART void work()
{
    held = new std::string(40, 'x');
}
int main()
{
    work();
    forget();
}
