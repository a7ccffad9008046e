// The only pointer to a block of 48 lies in a packed struct, not at a multiple of 8: nobody looks
// there, definitely lost. The block of 56 is held by an aligned member.
#include "leak.h"
static struct __attribute__((packed, aligned(8))) {
    char tag;
    void *unaligned;
    char pad[7];
    void *aligned;
} held;
static APART void work(void)
{
    held.unaligned = node(48, NULL);
    held.aligned = node(56, NULL);
}
int main(void)
{
    work();
    forget();
}
