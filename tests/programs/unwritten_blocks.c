/* unwritten_blocks WAY: blocks in a heap that was used before, lost without having been written to.
 *   small     1,000 of 100 bytes, the heap used by blocks that nobody writes to either
 *   sizes     20 each of 12 sizes from 16 to 100,000 bytes
 *   grown     300 of 24 bytes, written, that realloc makes 500, in place or not
 *   aligned   40 each by five functions
 *   tail      500 written by half */
#include "unwritten.h"

#include <malloc.h>

static void *volatile lost;

static APART void small(void)
{
    enum { BLOCKS = 3000 };
    static void *block[BLOCKS];
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < BLOCKS; i++)
            block[i] = malloc((size_t)(10 + (i * 37 + round * 11) % 700));
        for (int i = 0; i < BLOCKS; i++) {
            free(block[(i * 7) % BLOCKS]);
            block[(i * 7) % BLOCKS] = NULL;
        }
        for (int i = 0; i < 50; i++)
            lost = malloc(100);
    }
}

static APART void sizes(void)
{
    static const size_t size[] = {16, 24, 25, 64, 100, 500, 1000, 4096, 5000, 20000, 60000, 100000};
    for (unsigned round = 0; round < 20; round++) {
        use_heap(round, 5000);
        for (unsigned i = 0; i < sizeof size / sizeof *size; i++)
            lost = malloc(size[i]);
    }
}

static APART void grown(void)
{
    for (unsigned round = 0; round < 10; round++) {
        use_heap(round, 700);
        for (int i = 0; i < 30; i++) {
            void *block = memset(malloc(24), 'x', 24);
            lost = i % 2 ? malloc(24) : NULL; /* of two, one cannot grow where it is */
            free(lost);
            lost = realloc(block, 500);
        }
    }
}

static APART void aligned(void)
{
    for (unsigned round = 0; round < 40; round++) {
        void *block = NULL;
        use_heap(round, 700);
        lost = memalign(64, 200);
        lost = aligned_alloc(32, 320);
        lost = posix_memalign(&block, 256, 100) == 0 ? block : NULL;
        lost = valloc(300);
        lost = pvalloc(100);
    }
}

static APART void tail(void)
{
    for (unsigned round = 0; round < 10; round++) {
        use_heap(round, 700);
        for (int i = 0; i < 50; i++)
            lost = memset(malloc(400), 0, 200);
    }
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } ways[] = {{"small", small}, {"sizes", sizes}, {"grown", grown}, {"aligned", aligned}, {"tail", tail}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways && count == 2; i++)
        if (strcmp(arguments[1], ways[i].name) == 0)
            ways[i].run();
    lost = NULL;
    forget();
    return 0;
}
