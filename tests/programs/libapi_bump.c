/* A malloc that a signal handler may call at any moment: it hands out fresh memory and takes none back. Preloaded
 * behind the tracer, it leaves the tracer as the only thing that a signal could disturb. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define ROOM (1ul << 37)
static char *room;
static unsigned long used;

static char *begin(void)
{
    char *mine = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    char *none = NULL;
    if (!__atomic_compare_exchange_n(&room, &none, mine, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        munmap(mine, ROOM);
        return none;
    }
    return mine;
}

/* Under no name that the tracer interposes. */
static void *take(size_t alignment, size_t size)
{
    char *start = __atomic_load_n(&room, __ATOMIC_ACQUIRE);
    if (!start)
        start = begin();
    if (size > ROOM / 2) {
        errno = ENOMEM;
        return NULL;
    }
    size_t whole = size + alignment + sizeof size;
    uintptr_t place = (uintptr_t)start + __atomic_fetch_add(&used, whole, __ATOMIC_RELAXED) + sizeof size;
    place = (place + alignment - 1) & -alignment;
    ((size_t *)place)[-1] = size;
    return (void *)place;
}
void *memalign(size_t alignment, size_t size) { return take(alignment, size); }
void *malloc(size_t size) { return take(16, (size + 15) & -16ul); }
void *calloc(size_t count, size_t size) { return take(16, (count * size + 15) & -16ul); }
void free(void *block) {}
size_t malloc_usable_size(void *block) { return ((size_t *)block)[-1]; }
void *realloc(void *block, size_t size)
{
    char *fresh = take(16, (size + 15) & -16ul);
    size_t old = block ? ((size_t *)block)[-1] : 0;
    if (fresh)
        memcpy(fresh, block, size < old ? size : old);
    return fresh;
}
