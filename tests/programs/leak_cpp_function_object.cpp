// A std::function with a large closure, lost with it: the function object (32) definitely, the
// closure (80) indirectly. One more is held.
#include "leak.h"
#include <functional>
struct large {
    long room[10] = {};
    void operator()() const {}
};
static std::function<void()> *held;
static APART void work()
{
    new std::function<void()>(large());
    held = new std::function<void()>(large());
}
int main()
{
    work();
    forget();
}
