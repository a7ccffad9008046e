// supp_mixed: leaks of every kind on several ways and some bad frees, for suppressions to choose from.
#include <cstdlib>
#include <cstring>

#define APART __attribute__((noinline))
struct Node { Node *next; char room[40]; };
static void *held[4];
static char *inside;

namespace shop {
template <class T> struct Cart {
    APART static T *fill(size_t count) { return new T[count]; }
};
APART void order() { Cart<int>::fill(25); }
}
APART static Node *make(Node *next) { Node *node = (Node *)malloc(sizeof *node); node->next = next; return node; }
APART static void lose_chain() { make(make(make(nullptr))); }
APART static void lose_two_ways(bool deep) { if (deep) make(nullptr); else strdup("a copy of some text"); }
APART static void hold() { for (int i = 0; i < 4; i++) held[i] = calloc(1, 100 + i); }
APART static void point_inside() { inside = (char *)malloc(500) + 100; }
APART static void drop(void *block) { free(block); }
APART static void misuse() { char *block = (char *)malloc(7); drop(block); drop(block); drop(block); delete[] (char *)malloc(9); }
APART static void forget(int depth)
{
    volatile char room[4096];
    memset((void *)room, 0, sizeof room);
    if (depth)
        forget(depth - 1);
}

int main()
{
    shop::order();
    lose_chain();
    lose_two_ways(true);
    lose_two_ways(false);
    hold();
    point_inside();
    misuse();
    forget(20);
    return 0;
}
