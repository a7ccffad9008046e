// flags: -O1
// A list that main leaves behind: 112 bytes definitely lost, 448 indirectly.
#include <stdio.h>
#include <stdlib.h>
struct node {
    struct node *next;
    char data[100];
};

int main(void)
{
    struct node *head = 0;
    int count = 0;
    for (int i = 0; i < 5; i++) {
        struct node *node = malloc(sizeof *node);
        node->next = head;
        node->data[0] = (char)i;
        head = node;
    }
    for (struct node *node = head; node; node = node->next)
        count++;
    printf("%d nodes\n", count);
    return 0;
}
