// A free list has an entry that was given out again, to `owner`, and one that it still has.
#include "leak.h"

struct node {
    long key;
    struct node *next;
    char *load;
};
static struct {
    int count;
    struct node *free_list[4];
} pool;
static struct node *owner;

static APART struct node *target(void)
{
    return calloc(1, sizeof(struct node));
}

int main(void)
{
    owner = calloc(1, sizeof *owner);
    pool.free_list[0] = target();
    pool.free_list[1] = owner->next = target();
    pool.count = 1;
}
