#include "hooks/locked_memory.h"

#include "capture/stepper.h"
#include "os/memory_map.h"
#include "os/pages.h"
#include "os/sys.h"
#include "tables/module_list.h"

#include <link.h>
#include <stdatomic.h>
#include <sys/resource.h>

#define KERNEL_BEGINS ((uint64_t)1 << 47) /* [vsyscall] is listed, too */
#define MODULES_MAX   8u

/* --- whose is it ----------------------------------------------------------- */

static struct {
    uint64_t begin;
    uint64_t end;
} modules[MODULES_MAX]; /* the tracer, and what came with it */

static void find_modules(void)
{
    unsigned count = 0;
    module_list_range((uintptr_t)locked_memory_lock_all, &modules[0].begin, &modules[0].end);
    for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next)
        if (stepper_brought(map->l_addr) && ++count < MODULES_MAX)
            module_list_range(map->l_addr, &modules[count].begin, &modules[count].end);
}

static bool is_ours(const struct mapping *mapping)
{
    size_t count;
    const struct pages_range *pages = pages_list(&count);
    for (size_t i = 0; i < count; i++)
        if (mapping->begin >= pages[i].begin && mapping->begin < pages[i].end)
            return true;
    for (unsigned i = 0; i < MODULES_MAX; i++)
        if (mapping->begin >= modules[i].begin && mapping->begin < modules[i].end)
            return true;
    return false;
}

/* --- the kernel's rule, and its work ----------------------------------------- */

/* Whether it would be allowed without the tracer. */
static bool is_allowed(const struct memory_map *map)
{
    struct rlimit limit;
    uint64_t bytes = 0;
    for (size_t i = 0; i < map->count; i++)
        if (map->mappings[i].begin < KERNEL_BEGINS && !is_ours(&map->mappings[i]))
            bytes += map->mappings[i].end - map->mappings[i].begin;
    return sys_call(SYS_prlimit64, 0, RLIMIT_MEMLOCK, 0, (long)&limit, 0, 0) == 0 &&
           bytes <= limit.rlim_cur;
}

/* What cannot be had, a guard page for one, is passed over, as by mlockall. */
static void lock_each(const struct memory_map *map, int flags)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct mapping *mapping = &map->mappings[i];
        if (mapping->begin < KERNEL_BEGINS && !is_ours(mapping))
            sys_call(SYS_mlock2, (long)mapping->begin, (long)(mapping->end - mapping->begin),
                     flags & MCL_ONFAULT ? MLOCK_ONFAULT : 0, 0, 0, 0);
    }
}

static void unlock_ours(void)
{
    size_t count;
    const struct pages_range *pages = pages_list(&count);
    for (size_t i = 0; i < count; i++)
        sys_munlock((void *)pages[i].begin, pages[i].end - pages[i].begin);
    for (unsigned i = 0; i < MODULES_MAX && modules[i].end; i++)
        sys_munlock((void *)modules[i].begin, modules[i].end - modules[i].begin);
}

/* The program's own act: no filter of its own is asked about it. */
static long lock_all(int flags)
{
    return sys_call_unguarded(SYS_mlockall, flags, 0, 0, 0, 0, 0);
}

/* Nothing is filled before what is ours is out of it again. */
static long lock_current(const struct memory_map *map, int flags)
{
    long result = lock_all(flags | MCL_ONFAULT);
    if (result == -ENOMEM && is_allowed(map))
        result = 0;
    if (result != 0)
        return result;
    unlock_ours();
    lock_each(map, flags);
    return flags & MCL_FUTURE ? lock_all(flags & ~MCL_CURRENT) : 0;
}

long locked_memory_lock_all(int flags)
{
    static atomic_uint busy;
    struct memory_map map;
    if (flags & MCL_FUTURE)
        pages_keep_unlocked();
    if (!(flags & MCL_CURRENT) || atomic_exchange(&busy, 1))
        return lock_all(flags);
    find_modules();
    long result = memory_map_load(&map) == 0 ? lock_current(&map, flags) : lock_all(flags);
    atomic_store(&busy, 0);
    return result;
}
