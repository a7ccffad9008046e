// A constructor that throws: new frees the object's own memory, but what the constructor had
// allocated by hand (56 bytes) is definitely lost.
#include "leak.h"
struct thrower {
    char *lost;
    long more[4];
    thrower() : lost(new char[56])
    {
        throw 1;
    }
    ~thrower()
    {
        delete[] lost;
    }
};
static APART void work()
{
    try {
        new thrower;
    } catch (int) {
    }
}
int main()
{
    work();
    forget();
}
