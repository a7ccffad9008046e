// A chain 24 → 32 → 40 that nothing points to: the first definitely, the others indirectly lost.
#include "leak.h"
static APART void work(void)
{
    node(24, node(32, node(40, NULL)));
}
int main(void)
{
    work();
    forget();
}
