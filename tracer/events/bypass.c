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

static int look_at_module(struct dl_phdr_info *info, size_t size, void *context)
{
    const ElfW(Dyn) *dynamic = NULL;
    (void)size, (void)context;
    for (unsigned i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
            dynamic = (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    return is_bound(info->dlpi_addr, dynamic);
}

static bool is_any_bound(void)
{
    if (trace_log_header->flags & TRACE_FLAG_CHILD)
        return loaded_object_any(is_listed_bound);
    return real_libc()->dl_iterate_phdr(look_at_module, NULL) != 0;
}

/* The loader's list of namespaces, which has a second one as soon as dlmopen made it. */
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
    if (!has_namespaces() && !is_any_bound())
        return false;
    atomic_store(&seen, true);
    return true;
}
