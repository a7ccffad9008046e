// flags: -lleak_tls
// A library's static variable holds 40: still reachable.
#include "leak.h"
void leak_library_hold(void *);
static APART void work(void)
{
    leak_library_hold(node(40, NULL));
}
int main(void)
{
    work();
    forget();
}
