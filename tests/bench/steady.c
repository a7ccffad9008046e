/* steady EVENTS: mallocs and frees, EVENTS together, with 1,000 blocks alive and 100 call stacks.
 */
#include <stdlib.h>

enum { ALIVE = 1000 };
static void *blocks[ALIVE];

static __attribute__((noinline)) void replace(long event, int levels)
{
    if (levels > 0) {
        replace(event, levels - 1);
    } else {
        free(blocks[event % ALIVE]);
        blocks[event % ALIVE] = malloc(16 + event * 7919 % 500);
    }
    __asm__ volatile("" : : : "memory"); /* no tail call */
}

int main(int count, char **arguments)
{
    long events = count > 1 ? atol(arguments[1]) : 1000000;
    for (long event = 0; event < events / 2; event++)
        replace(event, (int)(event * 31 % 100));
    return 0;
}
