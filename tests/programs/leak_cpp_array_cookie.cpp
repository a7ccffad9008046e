// new T[5] of a class with a destructor: 8 bytes of cookie and 60 of elements, held by the pointer
// behind the cookie: still reachable through newarray. One more is lost with it (7 elements).
#include "leak.h"
struct item {
    int numbers[3];
    ~item() {}
};
static item *held;
static APART void work()
{
    held = new item[5];
    new item[7];
}
int main()
{
    work();
    forget();
}
