// Behind a possibly lost block (64) everything is possibly lost: 32 and 40 too.
#include "leak.h"
static char *held;
static APART void work(void)
{
    held = (char *)node(64, node(32, node(40, NULL))) + 20;
}
int main(void)
{
    work();
    forget();
}
