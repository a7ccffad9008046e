// flags: -O0 -g -fno-builtin
#include <stdlib.h>
#include <string.h>

struct node {
    long number;
    char *text;
};
static char *freed_text;
static struct node *list;
static int fixed;

static void drop(void *p) { free(p); }
static char *grow(char *p, size_t size) { return realloc(p, size); }
static struct node *make_node(char *text)
{
    struct node *node = malloc(sizeof *node);
    node->number = 1;
    node->text = text;
    return node;
}

/* A large block is freed, and a smaller one has its first part since. */
static char *beside_fresh, *in_fresh, *end_of_fresh, *fresh, *barrier;
static char *make_fresh(void) { return malloc(1000); }
static __attribute__((noinline)) void look(char *stands_on_a_stack)
{
    exit(stands_on_a_stack == NULL);
}
static void be_taken(void)
{
    char *large = malloc(4000);
    barrier = malloc(4000);
    beside_fresh = large + 2000;
    in_fresh = large + 16;
    end_of_fresh = large + 1000;
    drop(large);
    fresh = make_fresh();
    char *on_stack = malloc(300);
    drop(on_stack);
    look(on_stack);
}

int main(int count, char **arguments)
{
    if (count > 1 && strcmp(arguments[1], "taken") == 0)
        be_taken();
    fixed = count > 1;
    freed_text = malloc(64);
    char *whole = freed_text;
    freed_text += 16;
    drop(whole);
    char *buffer = malloc(100);
    list = make_node(buffer + 4);
    buffer = grow(buffer, 3000);
    if (fixed) {
        freed_text = NULL;
        list->text = buffer;
    }
    for (int i = 0; i < 1000; i++)
        free(malloc(64));
    return 0;
}
