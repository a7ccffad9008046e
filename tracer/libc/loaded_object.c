#include "libc/loaded_object.h"

#include "libc/real.h"
#include "os/loaded_file.h"
#include "os/sys.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/auxv.h>

/* --- glibc's own ---------------------------------------------------------- */

/* struct dl_find_object of glibc 2.35, which older headers do not have. */
struct found_object {
    unsigned long long flags;
    void *start;
    void *end;
    struct link_map *map;
    void *eh_frame;
    unsigned long long reserved[7];
};
typedef int find_object(void *address, struct found_object *found);

#if __GLIBC_PREREQ(2, 35)
_Static_assert(sizeof(struct found_object) == sizeof(struct dl_find_object) &&
                   offsetof(struct found_object, map) ==
                       offsetof(struct dl_find_object, dlfo_link_map),
               "struct found_object is glibc's struct dl_find_object");
#endif

/* NULL: an older glibc. */
static find_object *glibcs_own(void)
{
    static _Atomic(find_object *) own;
    static atomic_bool known;
    if (!atomic_load_explicit(&known, memory_order_acquire)) {
        atomic_store(&own, (find_object *)real_find("_dl_find_object"));
        /* Release: who sees that it is known sees it. */
        atomic_store_explicit(&known, true, memory_order_release);
    }
    return atomic_load_explicit(&own, memory_order_relaxed);
}

/* --- the walk ------------------------------------------------------------- */

/* A file's addresses begin at 0, so its header lies where it was moved to; but not those of a
 * program that is not position-independent. */
static bool segments_of(const struct link_map *map, struct loaded_file *file)
{
    if (map->l_addr)
        return loaded_file_at(map->l_addr, file);
    *file = (struct loaded_file){0, (const void *)real_libc()->getauxval(AT_PHDR),
                                 (unsigned)real_libc()->getauxval(AT_PHNUM)};
    return file->segments != NULL;
}

static bool holds(const struct link_map *map, uintptr_t address, struct loaded_object *object)
{
    struct loaded_file file;
    *object = (struct loaded_object){UINTPTR_MAX, 0, map};
    if (!segments_of(map, &file))
        return false;
    for (unsigned i = 0; i < file.count; i++) {
        const ElfW(Phdr) *segment = &file.segments[i];
        uintptr_t begin = (map->l_addr + segment->p_vaddr) & ~(uintptr_t)(SYS_PAGE - 1);
        uintptr_t end = map->l_addr + segment->p_vaddr + segment->p_memsz;
        if (segment->p_type != PT_LOAD)
            continue;
        object->start = begin < object->start ? begin : object->start;
        object->end = end > object->end ? end : object->end;
    }
    return address >= object->start && address < object->end;
}

bool loaded_object_walk(uintptr_t address, struct loaded_object *object)
{
    if (_r_debug.r_state == RT_DELETE)
        return false;
    for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next)
        if (holds(map, address, object))
            return true;
    return false;
}

bool loaded_object_find(uintptr_t address, struct loaded_object *object)
{
    find_object *own = glibcs_own();
    struct found_object found;
    if (!own)
        return loaded_object_walk(address, object);
    if (own((void *)address, &found) != 0)
        return false;
    *object = (struct loaded_object){(uintptr_t)found.start, (uintptr_t)found.end, found.map};
    return true;
}

/* One that was just being unloaded at the fork is listed still and mapped no more. */
bool loaded_object_any(bool (*visit)(const struct link_map *map))
{
    struct loaded_object object;
    for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next)
        if (loaded_object_find((uintptr_t)map->l_ld, &object) && visit(map))
            return true;
    return false;
}
