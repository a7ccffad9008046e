// new T[0] with a cookie: the pointer lies just behind the block of 8 bytes: definitely lost, though
// a global "holds" it.
#include "leak.h"
struct item {
    int number;
    ~item() {}
};
static item *held;
static APART void work()
{
    held = new item[0];
}
int main()
{
    work();
    forget();
}
