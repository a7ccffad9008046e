#include "pages.h"

#include "sys.h"

#include <stdatomic.h>

static struct pages_range ranges[PAGES_RANGES_MAX];
static atomic_size_t range_count;

void pages_note(const void *begin, size_t bytes)
{
    size_t index = atomic_fetch_add_explicit(&range_count, 1, memory_order_relaxed);
    if (index >= PAGES_RANGES_MAX)
        return;
    ranges[index].end = (uintptr_t)begin + bytes;
    /* Release: who sees the beginning sees the end. */
    __atomic_store_n(&ranges[index].begin, (uintptr_t)begin, __ATOMIC_RELEASE);
}

const struct pages_range *pages_list(size_t *count)
{
    size_t used = atomic_load_explicit(&range_count, memory_order_acquire);
    *count = used < PAGES_RANGES_MAX ? used : PAGES_RANGES_MAX;
    return ranges;
}

size_t pages_missed(void)
{
    size_t used = atomic_load_explicit(&range_count, memory_order_acquire);
    return used < PAGES_RANGES_MAX ? 0 : used - PAGES_RANGES_MAX;
}

static size_t round_up(size_t bytes)
{
    return (bytes + SYS_PAGE - 1) & ~(size_t)(SYS_PAGE - 1);
}

static void *map(size_t bytes, int sharing)
{
    if (bytes > SIZE_MAX - SYS_PAGE)
        return NULL;
    bytes = round_up(bytes);
    void *memory = sys_mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                            sharing | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory)
        pages_note(memory, bytes);
    return memory;
}

void *pages_map(size_t bytes)
{
    return map(bytes, MAP_PRIVATE);
}

void *pages_map_shared(size_t bytes)
{
    return map(bytes, MAP_SHARED);
}

void *pages_map_wiped_on_fork(size_t bytes)
{
    bytes = round_up(bytes);
    void *memory = pages_map(bytes);
    if (memory && sys_madvise(memory, bytes, MADV_WIPEONFORK) != 0)
        return NULL;
    return memory;
}
