// asprintf: libc allocates, and cuts the block to 11 bytes in the end: lost.
#include "leak.h"
static APART void work(void)
{
    char *text;
    asprintf(&text, "%d bottles", 99);
    text = NULL;
}
int main(void)
{
    work();
    forget();
}
