/* Leaves 2 million blocks of 32 bytes; RANDOM_GRAPH, ARRAY, LIST or LOST says how they hang together. */
#include <stdlib.h>

enum { BLOCKS = 2000000 };
struct block {
    struct block *a, *b;
    long rest[2];
};
static void *kept;

static unsigned draw(unsigned below)
{
    static unsigned seed = 1;
    seed = seed * 1103515245 + 12345;
    return (seed >> 4) % below;
}

static struct block *new_block(void)
{
    struct block *block = malloc(sizeof *block);
    block->a = block->b = NULL;
    block->rest[0] = 0;
    return block;
}

__attribute__((noinline)) static void work(void)
{
#if defined(RANDOM_GRAPH)
    struct block **all = malloc(BLOCKS * sizeof *all);
    for (int k = 0; k < BLOCKS; k++) {
        all[k] = new_block();
        all[k]->a = k ? all[draw(k)] : NULL;
        all[k]->b = k ? all[draw(k)] : NULL;
    }
    kept = all[BLOCKS / 2];
    free(all);
#elif defined(ARRAY)
    struct block **all = kept = malloc(BLOCKS * sizeof *all);
    for (int k = 0; k < BLOCKS; k++)
        all[k] = new_block();
    for (int k = BLOCKS - 1; k > 0; k--) {
        unsigned other = draw(k);
        struct block *swap = all[k];
        all[k] = all[other];
        all[other] = swap;
    }
#else
    for (int k = 0; k < BLOCKS; k++) {
        struct block *block = new_block();
        block->a = kept;
#if defined(LIST)
        kept = block;
#endif
    }
#endif
}

int main(void)
{
    work();
    return 0;
}
