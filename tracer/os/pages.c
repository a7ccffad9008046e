#include "os/pages.h"

#include "os/sys.h"

#include <stdatomic.h>

static struct pages_range ranges[PAGES_RANGES_MAX];
static atomic_size_t range_count;

static atomic_bool kept_unlocked;

bool pages_are_kept_unlocked(void)
{
    return atomic_load_explicit(&kept_unlocked, memory_order_relaxed);
}

void pages_note(const void *begin, size_t bytes)
{
    if (pages_are_kept_unlocked())
        sys_call(SYS_munlock, (long)begin, (long)bytes, 0, 0, 0, 0);
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

void *pages_hint(size_t bytes)
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

/* Mapped before the program had everything locked; never touched where it does not. */
#define RESERVE ((size_t)64 << 20)
static _Atomic(char *) reserve;
static atomic_size_t reserve_used;

static void *map_anonymous(size_t bytes, int sharing)
{
    return sys_mmap(pages_hint(bytes), bytes, PROT_READ | PROT_WRITE,
                    sharing | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

static void *take_from_reserve(size_t bytes)
{
    char *memory = atomic_load_explicit(&reserve, memory_order_acquire);
    if (!memory || bytes > RESERVE)
        return NULL;
    size_t at = atomic_fetch_add_explicit(&reserve_used, bytes, memory_order_relaxed);
    return at <= RESERVE - bytes ? memory + at : NULL;
}

void pages_keep_unlocked(void)
{
    char *none = NULL;
    char *memory = pages_are_kept_unlocked() ? NULL : map_anonymous(RESERVE, MAP_PRIVATE);
    if (memory && atomic_compare_exchange_strong_explicit(
                      &reserve, &none, memory, memory_order_acq_rel, memory_order_relaxed))
        pages_note(memory, RESERVE);
    atomic_store_explicit(&kept_unlocked, true, memory_order_relaxed);
}

static void *map(size_t bytes, int sharing)
{
    if (bytes > SIZE_MAX - SYS_PAGE)
        return NULL;
    bytes = round_up(bytes);
    void *memory =
        pages_are_kept_unlocked() && sharing == MAP_PRIVATE ? take_from_reserve(bytes) : NULL;
    if (memory)
        return memory;
    memory = map_anonymous(bytes, sharing);
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
