// flags: -pthread -ldl
/* check_names [many|late]: names blocks and regions, and leaks them. Prints what the calls answer. */
#include "../../tracer/leakreport.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static __attribute__((noinline)) void *make(void)
{
    return malloc(40);
}

/* What a name was given to is gone; its like, at the same place, from the same call, has none. */
static void free_named(void)
{
    void *first = make();
    printf("named %d\n", leakreport_name(first, "gone"));
    size_t place = (size_t)first;
    free(first);
    printf("at the same place %d\n", place == (size_t)make());
}

static void lose_sessions(void)
{
    for (int i = 0; i < 12; i++) {
        char name[40];
        char *block = malloc(24);
        snprintf(name, sizeof name, "session %d", i % 10);
        printf("%d", leakreport_name(block + 3, name));
    }
    printf("\n");
}

static void **lose_in_region(void)
{
    static char text[] = "arena";
    void **block = malloc(1000);
    unsigned long region = leakreport_name_region(block, 1000, text);
    unsigned long other = leakreport_name_region(&text, sizeof text, "ended");
    strcpy(text, "xxxxx"); /* the text was copied */
    leakreport_unname(other);
    printf("regions %d %d\n", region > 0, other > 0);
    return NULL;
}

static void name_many(void)
{
    int named = 0, again = 0;
    void **blocks = calloc(10000, sizeof *blocks);
    for (int i = 0; i < 10000; i++)
        named += leakreport_name(blocks[i] = malloc(10), "one of many");
    for (int i = 0; i < 10000; i++)
        free(blocks[i]);
    for (int i = 0; i < 10; i++)
        again += leakreport_name(blocks[i] = malloc(10), "later");
    printf("of many %d, then %d\n", named, again);
    for (int i = 0; i < 10; i++)
        free(blocks[i]);
    free(blocks);
}

int main(int argc, char **argv)
{
    char local;
    free_named();
    lose_sessions();
    lose_in_region();
    if (argc > 1 && !strcmp(argv[1], "many"))
        name_many();
    printf("no block %d, no name %d\n", leakreport_name(&local, "x"), leakreport_name(malloc(1), ""));
    return 0;
}
