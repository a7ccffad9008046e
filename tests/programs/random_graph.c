// A random graph of blocks, drawn from the seed in the first argument, and written as it is at the
// end to the file in the second: for comparing what reach says of it with what valgrind says.
#include "leak.h"
#include <fcntl.h>

enum { BLOCKS_MAX = 400, ROOTS = 12, TABLE = 64 };
static const uintptr_t MASK = 0xffffffffffffffff; // addresses are kept inverted: no pointers
static uintptr_t start[BLOCKS_MAX], size[BLOCKS_MAX], seed, count;
static uintptr_t roots[ROOTS];
static void f(void)
{
}
// A vtable at 0, one at 5 that has but one function, none at 30.
static void *const table[TABLE] = {[0] = (void *)f, [2] = (void *)f, [5] = (void *)f, [30] = (void *)f, (void *)1};

static uintptr_t draw(uintptr_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
}
static APART uintptr_t draw_word(void)
{
    uintptr_t k = draw(count), block = start[k] ^ MASK;
    switch (draw(14)) {
    case 0:
    case 1:
    case 2:
        return block;
    case 3:
        return block + draw(size[k] + 2);
    case 4:
        return block + 8 * (1 + draw(3));
    case 5:
    case 6:
        return draw(40);
    case 7:
        return (uintptr_t)table;
    case 8:
        return draw(2) ? (uintptr_t)(table + 5) : (uintptr_t)(table + 30);
    default:
        return 0;
    }
}
static APART void build(void)
{
    count = 1 + draw(BLOCKS_MAX);
    for (uintptr_t k = 0; k < count; k++) {
        size[k] = draw(4) ? draw(72) : 25 + draw(40);
        start[k] = (uintptr_t)calloc(1, size[k]) ^ MASK;
    }
    for (uintptr_t k = 0; k < count; k++)
        for (uintptr_t at = 0; at + 8 <= size[k]; at += 8)
            *(uintptr_t *)((start[k] ^ MASK) + at) = draw_word();
    uintptr_t used = draw(ROOTS + 1);
    for (uintptr_t k = 0; k < used; k++)
        roots[k] = draw_word();
}
static void put(int fd, uintptr_t word)
{
    write(fd, &word, sizeof word);
}
static APART void dump(const char *name)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    put(fd, (uintptr_t)f);
    put(fd, (uintptr_t)table);
    write(fd, table, sizeof table);
    write(fd, roots, sizeof roots);
    put(fd, count);
    for (uintptr_t k = 0; k < count; k++) {
        put(fd, start[k] ^ MASK);
        put(fd, size[k]);
        write(fd, (void *)(start[k] ^ MASK), size[k]);
    }
    close(fd);
}
int main(int argc, char **argv)
{
    seed = strtoul(argv[1], NULL, 10);
    build();
    dump(argv[2]);
    forget();
}
