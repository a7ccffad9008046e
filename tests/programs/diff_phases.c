/* Leaks in two phases, the second only if it is asked for, or if valgrind runs it: then with valgrind's own check of what
 * has changed since the first. "diff_phases [1|2]" */
#include "leak.h"

#include <valgrind/memcheck.h>

struct node {
    struct node *next;
    char data[20];
};
void *held[2], *inside;

static __attribute__((noinline)) void grow(int times)
{
    for (int i = 0; i < times; i++)
        *(volatile char *)malloc(100) = 1;
}
static __attribute__((noinline)) void steady(void)
{
    *(volatile char *)malloc(7) = 1;
}
static __attribute__((noinline)) void fresh(void)
{
    *(volatile char *)malloc(33) = 1;
}
static __attribute__((noinline)) void chain(void)
{
    struct node *volatile node = malloc(sizeof *node);

    node->next = malloc(sizeof *node);
    node->next->next = NULL;
    node = NULL;
}
static __attribute__((noinline)) void hold(void)
{
    for (int i = 0; i < 2; i++)
        held[i] = malloc(50);
    inside = (char *)malloc(60) + 20;
}
/* One place for both phases: the stacks are the same. */
static __attribute__((noinline)) void phase(int number)
{
    grow(number == 1 ? 5 : 3);
    chain();
    if (number == 1) {
        hold();
        steady();
    } else {
        fresh();
        free(held[0]);
        held[0] = held[1] = inside = NULL;
    }
    forget();
}

int main(int count, char **arguments)
{
    int phases = count > 1 ? atoi(arguments[1]) : 2;

    for (int number = 1; number <= phases; number++) {
        phase(number);
        if (number == 1)
            VALGRIND_DO_LEAK_CHECK;
        else
            VALGRIND_DO_CHANGED_LEAK_CHECK;
    }
    return 0;
}
