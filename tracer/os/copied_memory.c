#include "os/copied_memory.h"

#include "os/memory_map.h"
#include "os/sys.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>

/* What is a device's, or the kernel's own in every process, does not change, and would end a call
 * for all that lies behind it. */
static bool is_fixed(const struct mapping *mapping)
{
    bool is_kernels =
        mapping->path_length > 2 && mapping->path[0] == '[' && mapping->path[1] == 'v';
    return is_kernels || mapping->flags & MAPPING_DEVICE;
}

static void advise(const struct mapping *first, const struct mapping *last, int advice)
{
    long result = sys_madvise((void *)(uintptr_t)first->begin, last->end - first->begin, advice);
    /* -ENOMEM, as between the two are holes: all that is there was done. Anything else ended it. */
    if (result == 0 || result == -ENOMEM || first == last)
        return;
    for (const struct mapping *mapping = first; mapping <= last; mapping++)
        sys_madvise((void *)(uintptr_t)mapping->begin, mapping->end - mapping->begin, advice);
}

void copied_memory_prepare(void)
{
    struct memory_map map;
    if (memory_map_load(&map) != 0)
        return;
    for (size_t i = 0, next; i < map.count; i = next) {
        next = i + 1;
        if (is_fixed(&map.mappings[i]))
            continue;
        while (next < map.count && !is_fixed(&map.mappings[next]))
            next++;
        advise(&map.mappings[i], &map.mappings[next - 1], MADV_DOFORK);
        advise(&map.mappings[i], &map.mappings[next - 1], MADV_KEEPONFORK);
    }
}
