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

int main(int count, char **arguments)
{
    (void)arguments;
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
