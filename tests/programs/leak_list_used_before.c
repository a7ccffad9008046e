// A list of 1,000 that main has forgotten: 1,008 bytes definitely lost, 1,006,992 indirectly.
#include <stdlib.h>
#include <string.h>
struct node {
    struct node *next;
    char data[1000];
};

static struct node *__attribute__((noinline)) build(int count)
{
    struct node *head = 0;
    while (count--) {
        struct node *node = malloc(sizeof *node);
        memset(node, 0, sizeof *node);
        node->next = head;
        head = node;
    }
    return head;
}
static long __attribute__((noinline)) use(struct node *head)
{
    volatile struct node *seen[40];
    for (int i = 0; i < 40; i++, head = head->next)
        seen[i] = head;
    return seen[3]->data[0];
}

int main(void)
{
    struct node *head = build(1000);
    long result = use(head);
    head = 0;
    return (int)result;
}
