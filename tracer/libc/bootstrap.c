#include "libc/bootstrap.h"

#include <stdatomic.h>

/* Each block is preceded by a word that holds its size. */
_Alignas(64) char bootstrap_region[BOOTSTRAP_SIZE];
static atomic_size_t used;

void *bootstrap_allocate(size_t size, size_t alignment)
{
    if (alignment < 16)
        alignment = 16;
    if (size > BOOTSTRAP_SIZE || alignment > BOOTSTRAP_SIZE)
        return NULL;
    size_t old = atomic_load_explicit(&used, memory_order_relaxed);
    size_t start;
    do {
        uintptr_t base = (uintptr_t)bootstrap_region;
        start =
            ((base + old + sizeof(size_t) + alignment - 1) & ~(uintptr_t)(alignment - 1)) - base;
        if (start + size > BOOTSTRAP_SIZE)
            return NULL;
    } while (!atomic_compare_exchange_weak_explicit(&used, &old, start + size, memory_order_relaxed,
                                                    memory_order_relaxed));
    ((size_t *)(bootstrap_region + start))[-1] = size;
    return bootstrap_region + start;
}

size_t bootstrap_used(void)
{
    return atomic_load_explicit(&used, memory_order_relaxed);
}

size_t bootstrap_size(const void *pointer)
{
    return ((const size_t *)pointer)[-1];
}
