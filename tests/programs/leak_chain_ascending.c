// The same chain, its head allocated first, so that the head has the lowest address.
#include "leak.h"
static APART void work(void)
{
    void **head = node(24, NULL);
    void **middle = node(32, NULL);
    *head = middle;
    *middle = node(40, NULL);
}
int main(void)
{
    work();
    forget();
}
