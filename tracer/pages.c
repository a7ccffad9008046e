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

/* The kernel puts what is mapped right below what was mapped before: the tracer's memory would lie
 * below the program's blocks and stacks, and a stray access there, which is to be a fault, would
 * find it. So ours grows by itself, from a place below all libraries that no program's mappings
 * come down to, and not so far below that it was another's (sanitizers divide the addresses up). */
#define DISTANCE   (256ull << 30)
#define LARGE_PAGE ((uintptr_t)2 << 20)

static uintptr_t align(uintptr_t address, size_t bytes)
{
    uintptr_t unit = bytes < LARGE_PAGE ? SYS_PAGE : LARGE_PAGE;
    return (address + unit - 1) & ~(unit - 1);
}

void *pages_place(size_t bytes)
{
    static _Atomic uintptr_t next;
    uintptr_t begin;
    uintptr_t end = atomic_load_explicit(&next, memory_order_relaxed);
    if (bytes >= DISTANCE / 2)
        return NULL;
    do {
        uintptr_t from = end ? end : (uintptr_t)&next - DISTANCE;
        begin = align(from, bytes);
    } while (!atomic_compare_exchange_weak_explicit(&next, &end, begin + round_up(bytes),
                                                    memory_order_relaxed, memory_order_relaxed));
    return (void *)begin;
}

static void *map(size_t bytes, int sharing)
{
    if (bytes > SIZE_MAX - SYS_PAGE)
        return NULL;
    bytes = round_up(bytes);
    void *memory = sys_mmap(pages_place(bytes), bytes, PROT_READ | PROT_WRITE,
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
