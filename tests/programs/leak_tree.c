// A lost binary tree of depth 5, 31 nodes of 24 bytes: the root definitely, 30 indirectly lost.
#include "leak.h"
static void *tree(int depth)
{
    void **root = node(24, NULL);
    if (depth > 1) {
        root[0] = tree(depth - 1);
        root[1] = tree(depth - 1);
    }
    return root;
}
static APART void work(void)
{
    tree(5);
}
int main(void)
{
    work();
    forget();
}
