// Pointers with a mark in the lowest bit: the blocks of 48 and 16 are possibly lost.
#include "leak.h"
static uintptr_t held[2];
static APART void work(void)
{
    held[0] = (uintptr_t)node(48, NULL) | 1;
    held[1] = (uintptr_t)node(16, NULL) | 3;
}
int main(void)
{
    work();
    forget();
}
