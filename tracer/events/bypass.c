#include "events/bypass.h"

#include "capture/stepper.h"
#include "libc/loaded_object.h"
#include "libc/real.h"
#include "log/trace_log.h"
#include "os/loaded_file.h"

#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static atomic_bool seen;

/* The allocator behind us, under the name that the module calls. */
static void *allocator(const char *name)
{
    static const struct {
        const char *name;
        size_t offset;
    } known[] = {{"malloc", offsetof(struct real_functions, malloc)},
                 {"calloc", offsetof(struct real_functions, calloc)},
                 {"realloc", offsetof(struct real_functions, realloc)},
                 {"memalign", offsetof(struct real_functions, memalign)},
                 {"posix_memalign", offsetof(struct real_functions, posix_memalign)},
                 {"aligned_alloc", offsetof(struct real_functions, aligned_alloc)},
                 {"__libc_malloc", offsetof(struct real_functions, malloc)},
                 {"__libc_calloc", offsetof(struct real_functions, calloc)},
                 {"__libc_realloc", offsetof(struct real_functions, realloc)},
                 {"__libc_memalign", offsetof(struct real_functions, memalign)}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i].name) == 0)
            return *(void *const *)((const char *)&real_found + known[i].offset);
    return NULL;
}

/* A slot that was not used yet leads back into the module. */
static bool is_bound_past_us(void *context, const char *symbol, void **slot)
{
    (void)context;
    void *wanted = allocator(symbol);
    return wanted && *slot == wanted;
}

static bool is_bound(uintptr_t bias, const ElfW(Dyn) * dynamic)
{
    return !stepper_brought(bias) && loaded_file_visit(bias, dynamic, is_bound_past_us, NULL);
}

static bool is_listed_bound(const struct link_map *map)
{
    return is_bound(map->l_addr, map->l_ld);
}

/* Modules of our namespace that were looked at, and those of all namespaces together. */
struct look {
    uint64_t modules;
    uint64_t loaded;
};

static int look_at_module(struct dl_phdr_info *info, size_t size, void *context)
{
    struct look *look = context;
    const ElfW(Dyn) *dynamic = NULL;
    (void)size;
    for (unsigned i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
            dynamic = (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    look->modules++;
    look->loaded = info->dlpi_adds - info->dlpi_subs;
    return is_bound(info->dlpi_addr, dynamic);
}

/* The loader shows the modules of its caller's namespace alone, but counts those of all. */
static bool is_any_bound_or_elsewhere(void)
{
    struct look look = {0};
    if (trace_log_header->flags & TRACE_FLAG_CHILD)
        return loaded_object_any(is_listed_bound);
    return real_libc()->dl_iterate_phdr(look_at_module, &look) || look.modules != look.loaded;
}

/* The loader's list of namespaces, which has a second one as soon as dlmopen made it. It is there
 * since glibc 2.35; before, a traced child does not see what its parent had not asked about. */
static bool has_namespaces(void)
{
    /* glibc's struct r_debug_extended, from version 2 on. */
    const struct {
        struct r_debug base;
        const void *next;
    } *first = (const void *)&_r_debug;
    __asm__("" : "+r"(first)); /* larger than it is declared */
    return first->base.r_version > 1 && first->next;
}

bool bypass_is_there(void)
{
    if (atomic_load(&seen))
        return true;
    if (!has_namespaces() && !is_any_bound_or_elsewhere())
        return false;
    atomic_store(&seen, true);
    return true;
}
