// Objects held by their second base: with virtual functions there is an excuse (still reachable
// through multipleinheritance), without them none (possibly lost).
#include "leak.h"
struct first {
    virtual ~first() {}
    virtual void one() {}
    long a = 1;
};
struct second {
    virtual ~second() {}
    virtual void two() {}
    long b = 2;
};
struct both : first, second {
    long c[5] = {};
};
struct plain_first {
    long a[3] = {};
};
struct plain_second {
    long b[3] = {};
};
struct plain : plain_first, plain_second {
};
static second *held;
static plain_second *held_plain;
static APART void work()
{
    held = new both;
    held_plain = new plain;
}
int main()
{
    work();
    forget();
}
