// flags: -lleak_tls
// A library's thread-local variable holds 40: still reachable.
#include "leak.h"
void leak_tls_hold(void *);
static APART void work(void)
{
    leak_tls_hold(node(40, NULL));
}
int main(void)
{
    work();
    forget();
}
