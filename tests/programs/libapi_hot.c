/* A malloc that hands what is freed to the next thread at once: one list for all, last in, first out, and free lets the
 * others run before it returns. Preloaded behind the tracer, it finds a tracer that notes a free after the fact. */
#include <sched.h>
#include <stddef.h>
#include <string.h>

#define SIZE 512
struct cell {
    size_t hot; /* before each block: whether it is one of the list's */
    struct cell *next;
};
static struct cell *list;
static int locked;
void *__libc_malloc(size_t);
void __libc_free(void *);

static void lock(void)
{
    while (__atomic_exchange_n(&locked, 1, __ATOMIC_ACQUIRE))
        sched_yield();
}
static void unlock(void) { __atomic_store_n(&locked, 0, __ATOMIC_RELEASE); }

static void *take(size_t size)
{
    struct cell *cell = NULL;
    if (size <= SIZE) {
        lock();
        cell = list;
        if (cell)
            list = cell->next;
        unlock();
    }
    if (!cell)
        cell = __libc_malloc((size <= SIZE ? SIZE : size) + 16);
    cell->hot = size <= SIZE ? SIZE : size;
    return (char *)cell + 16;
}
static void give(void *block)
{
    struct cell *cell = (struct cell *)((char *)block - 16);
    if (cell->hot != SIZE) {
        __libc_free(cell);
        return;
    }
    lock();
    cell->next = list;
    list = cell;
    unlock();
    sched_yield();
}

void *malloc(size_t size) { return take(size); }
void *calloc(size_t count, size_t size) { return memset(take(count * size), 0, count * size); }
void free(void *block)
{
    if (block)
        give(block);
}
void *realloc(void *block, size_t size)
{
    char *fresh = take(size);
    if (block) {
        size_t old = ((struct cell *)((char *)block - 16))->hot;
        memcpy(fresh, block, old < size ? old : size);
        give(block);
    }
    return fresh;
}
