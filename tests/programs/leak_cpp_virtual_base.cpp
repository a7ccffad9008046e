// An object of a diamond held by its virtual base, which lies at its end: still reachable through
// multipleinheritance.
#include "leak.h"
struct base {
    virtual ~base() {}
    virtual void name() {}
    long a = 1;
};
struct left : virtual base {
    virtual void l() {}
    long b = 2;
};
struct right : virtual base {
    virtual void r() {}
    long c = 3;
};
struct bottom : left, right {
    long d = 4;
};
static base *held;
static APART void work()
{
    held = new bottom;
}
int main()
{
    work();
    forget();
}
