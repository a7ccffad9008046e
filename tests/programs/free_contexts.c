/* free_contexts: the same bad call seen from near is one context, whatever block it hits and whoever called
 * from afar: three in one, then one from another line, then a wild one from the first. */
#include <stdio.h>
#include <stdlib.h>

#define APART __attribute__((noinline))
static APART void drop(void *block) { free(block); }
static APART void one(void *block) { drop(block); }
static APART void two(void *block) { one(block); }
static APART void three(void *block) { two(block); }
static APART void here(void *block) { three(block); }
static APART void there(void *block) { three(block); }
static APART void *make(size_t size) { return malloc(size); }

int main(void)
{
    void *small = make(10), *large = calloc(1, 5000), *third = malloc(100);
    here(small);
    there(large);
    here(small);
    there(large);
    here((char *)third + 1);
    two(small);
    here((void *)0x1000);
    drop(third);
    puts("survived");
    return 3;
}
