// flags: -pthread
/* check_repeat CHECKS [THREADS]: CHECKS leak checks of one heap with every kind of leak, while THREADS other threads allocate
 * and free. Prints what the first one found, how many of the others found anything else, and whether the last nine tenths
 * of them took any memory. */
#include "../../tracer/leakreport.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct node {
    struct node *next;
    char rest[32];
};
static struct node *volatile reachable;
static char *volatile interior;
static atomic_int stop;

static struct node *make_list(int length)
{
    struct node *first = NULL;
    while (length-- > 0) {
        struct node *node = malloc(sizeof *node);
        memset(node, 0, sizeof *node);
        node->next = first;
        first = node;
    }
    return first;
}

static __attribute__((noinline)) void make_heap(void)
{
    reachable = make_list(3);
    interior = (char *)make_list(1) + 20;
    for (int i = 0; i < 1500; i++)
        make_list(2);
}

static void *work(void *unused)
{
    void *blocks[16] = {0};
    for (unsigned i = 0; !stop; i++) {
        free(blocks[i % 16]);
        blocks[i % 16] = malloc(i % 200 + 1);
    }
    for (int i = 0; i < 16; i++)
        free(blocks[i]);
    return unused;
}

/* Resident pages that are this process's alone, and how many lines its map has. */
static void measure(long *pages, long *mappings)
{
    long size = 0, resident = 0, shared = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld %ld %ld", &size, &resident, &shared) != 3)
        exit(2);
    fclose(file);
    *pages = resident - shared;
    *mappings = 0;
    file = fopen("/proc/self/maps", "r");
    for (int c; (c = fgetc(file)) != EOF;)
        *mappings += c == '\n';
    fclose(file);
}

int main(int argc, char **argv)
{
    int checks = atoi(argv[1]), others = argc > 2 ? atoi(argv[2]) : 0, different = 0, none = 0;
    pthread_t threads[16];
    struct leakreport_leaks first = {0}, leaks = {0};
    long pages[2], mappings[2];
    make_heap();
    for (int i = 0; i < others; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    if (!leakreport_check(&first))
        puts("no check");
    measure(&pages[0], &mappings[0]);
    for (int i = 1; i < checks; i++) {
        none += !leakreport_check(&leaks);
        different += leaks.definitely_lost_bytes != first.definitely_lost_bytes ||
                     leaks.indirectly_lost_bytes != first.indirectly_lost_bytes ||
                     leaks.possibly_lost_bytes != first.possibly_lost_bytes ||
                     (!others && leaks.reachable_bytes != first.reachable_bytes);
        if (i == checks / 10)
            measure(&pages[0], &mappings[0]);
    }
    measure(&pages[1], &mappings[1]);
    stop = 1;
    for (int i = 0; i < others; i++)
        pthread_join(threads[i], NULL);
    printf("definitely %lu in %lu, indirectly %lu in %lu, possibly %lu in %lu, reachable %lu in %lu\n", first.definitely_lost_bytes,
           first.definitely_lost_blocks, first.indirectly_lost_bytes, first.indirectly_lost_blocks, first.possibly_lost_bytes,
           first.possibly_lost_blocks, first.reachable_bytes, first.reachable_blocks);
    printf("different %d, not made %d\n", different, none);
    printf("more memory: %s\n", pages[1] - pages[0] > 16 || mappings[1] - mappings[0] > 2 ? "yes" : "no");
    fprintf(stderr, "pages %ld %ld, mappings %ld %ld\n", pages[0], pages[1], mappings[0], mappings[1]);
    return 0;
}
