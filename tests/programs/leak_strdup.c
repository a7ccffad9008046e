// strdup and strndup: 12 bytes lost, 4 held by a global.
#include "leak.h"
static char *held;
static APART void work(void)
{
    strdup("lost string");
    held = strndup("held string", 3);
}
int main(void)
{
    work();
    forget();
}
