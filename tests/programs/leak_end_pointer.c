// A pointer just behind a block of 64 does not hold it (definitely lost); one to its last byte
// does (the other 72: possibly lost).
#include "leak.h"
static char *behind, *last;
static APART void work(void)
{
    behind = (char *)node(64, NULL) + 64;
    last = (char *)node(72, NULL) + 71;
}
int main(void)
{
    work();
    forget();
}
