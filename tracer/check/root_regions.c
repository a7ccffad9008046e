#include "check/root_regions.h"

#include <stdatomic.h>

/* A slot belongs to who has put its size there; its begin is what others find. */
static struct region {
    _Atomic size_t size;     /* 0: free */
    _Atomic uintptr_t begin; /* 0: not filled yet, or being taken out */
} regions[ROOT_REGIONS_MAX];

bool root_regions_add(uintptr_t begin, size_t size)
{
    for (unsigned i = 0; begin && size && i < ROOT_REGIONS_MAX; i++) {
        size_t none = 0;
        if (!atomic_compare_exchange_strong(&regions[i].size, &none, size))
            continue;
        atomic_store(&regions[i].begin, begin);
        return true;
    }
    return false;
}

bool root_regions_remove(uintptr_t begin, size_t size)
{
    for (unsigned i = 0; begin && i < ROOT_REGIONS_MAX; i++) {
        uintptr_t found = begin;
        if (atomic_load(&regions[i].size) != size ||
            !atomic_compare_exchange_strong(&regions[i].begin, &found, 0))
            continue;
        atomic_store(&regions[i].size, 0);
        return true;
    }
    return false;
}

void root_regions_for_each(void (*visit)(void *context, uint64_t begin, uint64_t end),
                           void *context)
{
    for (unsigned i = 0; i < ROOT_REGIONS_MAX; i++) {
        uintptr_t begin = atomic_load(&regions[i].begin);
        if (begin)
            visit(context, begin, begin + atomic_load(&regions[i].size));
    }
}
