// Objects of two bases, made by hand and held by the second: both words point to tables of functions
// (48 bytes, excused); a table with a null in it is one too (56); a table that holds something else
// (64), or but one function (72), or lies in the heap (80) is none: possibly lost. The table of the
// last is held by a global (still reachable, 16 bytes).
#include "leak.h"
static void f(void)
{
}
static void *const good[20] = {(void *)f, (void *)f, (void *)1};
static void *const with_null[20] = {NULL, (void *)f, NULL, (void *)f};
static void *const with_number[20] = {(void *)f, (void *)1, (void *)f};
static void *const lonely[40] = {(void *)f};
static void *held[5], **table;
static void *object(size_t size, const void *inner)
{
    const void **block = calloc(1, size);
    block[0] = good;
    block[3] = inner;
    return block + 3;
}
static APART void work(void)
{
    table = calloc(1, 16);
    table[0] = table[1] = (void *)f;
    held[0] = object(48, good);
    held[1] = object(56, with_null);
    held[2] = object(64, with_number);
    held[3] = object(72, lonely);
    held[4] = object(80, table);
}
int main(void)
{
    work();
    forget();
}
