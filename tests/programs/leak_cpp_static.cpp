// flags: -static-libstdc++ -rdynamic
// libstdc++ is in the program itself, which shows its symbols, as cc1 does for its plugins: its pool for
// exceptions is given back before the check as if it were in a library. One block is lost.
#include <stdexcept>
#include <cstdlib>
static void *volatile kept;
static __attribute__((noinline)) void lose()
{
    kept = malloc(33);
    kept = nullptr;
}
int main()
{
    try {
        lose();
        throw std::runtime_error("caught");
    } catch (const std::exception &) {
    }
}
