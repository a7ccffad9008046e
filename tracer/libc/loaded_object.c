#include "libc/loaded_object.h"

#include "libc/real.h"
#include "os/loaded_file.h"
#include "os/memory_read.h"
#include "os/sys.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
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

static bool holds(const struct link_map *map, const struct loaded_file *file, uintptr_t address,
                  struct loaded_object *object)
{
    *object = (struct loaded_object){UINTPTR_MAX, 0, map};
    for (unsigned i = 0; i < file->count; i++) {
        const ElfW(Phdr) *segment = &file->segments[i];
        uintptr_t begin = (file->base + segment->p_vaddr) & ~(uintptr_t)(SYS_PAGE - 1);
        uintptr_t end = file->base + segment->p_vaddr + segment->p_memsz;
        if (segment->p_type != PT_LOAD)
            continue;
        object->start = begin < object->start ? begin : object->start;
        object->end = end > object->end ? end : object->end;
    }
    return address >= object->start && address < object->end;
}

/* --- the walk while a file is being unloaded ------------------------------- */

/* Its entry stands in the list for a while after its header is gone, and in a child that was forked
 * then for ever, so nothing is read but through the kernel. */
#define FILES_MAX    100000u
#define SEGMENTS_MAX 24u

static bool copy_segments(struct memory_reader *reader, const struct link_map *map,
                          ElfW(Phdr) * segments, struct loaded_file *file)
{
    ElfW(Ehdr) header;
    if (!map->l_addr)
        return segments_of(map, file);
    if (memory_read(reader, map->l_addr, &header, sizeof header) != sizeof header ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phnum > SEGMENTS_MAX)
        return false;
    size_t length = header.e_phnum * sizeof *segments;
    *file = (struct loaded_file){map->l_addr, segments, header.e_phnum};
    return memory_read(reader, map->l_addr + header.e_phoff, segments, length) == length;
}

static bool walk_with_care(struct memory_reader *reader, uintptr_t address,
                           struct loaded_object *object)
{
    ElfW(Phdr) segments[SEGMENTS_MAX];
    struct loaded_file file;
    struct link_map entry;
    const struct link_map *map = _r_debug.r_map;
    for (unsigned i = 0; map && i < FILES_MAX; i++, map = entry.l_next) {
        if (memory_read(reader, (uintptr_t)map, &entry, sizeof entry) != sizeof entry)
            return false;
        if (copy_segments(reader, &entry, segments, &file) && holds(map, &file, address, object))
            return true;
    }
    return false;
}

static bool walk_beside_unloading(uintptr_t address, struct loaded_object *object)
{
    struct memory_reader reader;
    if (memory_read_open(&reader) != 0)
        return false;
    bool found = walk_with_care(&reader, address, object);
    memory_read_close(&reader);
    return found;
}

bool loaded_object_walk(uintptr_t address, struct loaded_object *object)
{
    struct loaded_file file;
    if (_r_debug.r_state == RT_DELETE)
        return walk_beside_unloading(address, object);
    for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next)
        if (segments_of(map, &file) && holds(map, &file, address, object))
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
