#include "tables/module_list.h"

#include "libc/loaded_object.h"
#include "libc/real.h"
#include "log/trace_log.h"
#include "os/mapped_file.h"
#include "os/own_stack.h"
#include "os/sys.h"

#include <elf.h>
#include <link.h>
#include <string.h>

static struct trace_module *module_at(uint64_t index)
{
    return chunk_table_at(&trace_log_modules, index);
}

/* --- the file ------------------------------------------------------------ */

/* The loader's names say less: of a program that ld.so was told to run, /proc/self/exe is ld.so;
 * others are relative to the directory of that moment, or symbolic links. */
static void find_file(struct mapped_file *file, const struct loaded_object *object)
{
    if (!mapped_file_find(file, object->start, object->end))
        mapped_file_guess(file, object->map->l_name);
}

static void read_build_id(struct trace_module *module, const char *notes, size_t size)
{
    while (size >= sizeof(ElfW(Nhdr))) {
        const ElfW(Nhdr) *note = (const void *)notes;
        size_t name = ((size_t)note->n_namesz + 3) & ~(size_t)3;
        size_t all = sizeof *note + name + (((size_t)note->n_descsz + 3) & ~(size_t)3);
        if (all > size)
            return;
        if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 &&
            memcmp(note + 1, "GNU", 4) == 0 && note->n_descsz <= sizeof module->build_id) {
            memcpy(module->build_id, (const char *)(note + 1) + name, note->n_descsz);
            module->build_id_size = note->n_descsz;
            return;
        }
        notes += all;
        size -= all;
    }
}

/* The ELF header is mapped at the module's start. */
static void read_headers(struct trace_module *module, const char *start)
{
    const ElfW(Ehdr) *header = (const void *)start;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_phentsize != sizeof(ElfW(Phdr)))
        return;
    const ElfW(Phdr) *segment = (const void *)(start + header->e_phoff);
    for (unsigned i = 0; i < header->e_phnum; i++)
        if (segment[i].p_type == PT_NOTE && module->build_id_size == 0)
            read_build_id(module, (const char *)(module->bias + segment[i].p_vaddr),
                          segment[i].p_memsz);
}

static bool has_build_id_of(const struct trace_module *a, const struct trace_module *b)
{
    return a->build_id_size == b->build_id_size &&
           memcmp(a->build_id, b->build_id, b->build_id_size) == 0;
}

static bool has_file_of(const struct trace_module *a, const struct trace_module *b)
{
    return a->file_size == b->file_size && a->file_inode == b->file_inode &&
           a->file_time_ns == b->file_time_ns;
}

static bool is_same(const struct trace_module *a, const struct trace_module *b,
                    const struct mapped_file *file)
{
    bool certain = b->build_id_size ? true : b->file_size && has_file_of(a, b);
    return certain && a->end == b->end && a->bias == b->bias && has_build_id_of(a, b) &&
           a->path.length == file->length &&
           memcmp(chunk_table_at(&trace_log_strings, a->path.offset), file->path, file->length) ==
               0;
}

/* The same file at the same place as before it was unloaded is the same module: a program that
 * opens and closes a library for ever needs one record for it, and one of each of its stacks. */
static uint32_t revive(uint64_t start, const struct trace_module *module,
                       const struct mapped_file *file)
{
    uint64_t count = atomic_load_explicit(&trace_log_modules.count, memory_order_acquire);
    for (uint64_t i = count; i-- > 1;) {
        if (!chunk_table_reserve(&trace_log_modules, i, false))
            continue;
        struct trace_module *known = module_at(i);
        if (__atomic_load_n(&known->start, __ATOMIC_ACQUIRE) != start ||
            !__atomic_load_n(&known->unmapped_ns, __ATOMIC_RELAXED) ||
            !is_same(known, module, file))
            continue;
        __atomic_store_n(&known->unmapped_ns, 0, __ATOMIC_RELAXED);
        return (uint32_t)i;
    }
    return 0;
}

static struct trace_module describe(const struct loaded_object *object,
                                    const struct mapped_file *file)
{
    const struct link_map *map = object->map;
    struct trace_module found = {.end = object->end,
                                 .bias = map->l_addr,
                                 .file_size = file->size,
                                 .file_inode = file->inode,
                                 .file_time_ns = file->time_ns};
    found.is_program = map->l_name[0] == '\0' && map->l_prev == NULL;
    read_headers(&found, (const char *)object->start);
    return found;
}

static void (*watcher)(const struct trace_module *module, const char *path, size_t length);

static void tell_watcher(uint32_t index)
{
    const struct trace_module *module = module_at(index);
    if (watcher)
        watcher(module, chunk_table_at(&trace_log_strings, module->path.offset),
                module->path.length);
}

void module_list_watch(void (*arrived)(const struct trace_module *, const char *, size_t))
{
    uint64_t count = atomic_load_explicit(&trace_log_modules.count, memory_order_acquire);
    watcher = arrived;
    for (uint64_t i = 1; i < count; i++)
        tell_watcher((uint32_t)i);
}

static uint32_t add(const struct loaded_object *object)
{
    struct mapped_file file;
    uint64_t index;
    uint64_t start = object->start;
    find_file(&file, object);
    struct trace_module found = describe(object, &file);
    uint32_t known = revive(start, &found, &file);
    if (known)
        return known;
    if (!chunk_table_claim(&trace_log_modules, 1, false, &index)) {
        trace_log_lose(&trace_log_header->losses.modules, 1);
        return 0;
    }
    found.path = trace_log_add_string(file.path, file.length);
    *module_at(index) = found;
    /* Release: who sees the start sees the rest. */
    __atomic_store_n(&module_at(index)->start, start, __ATOMIC_RELEASE);
    return (uint32_t)index;
}

/* A path is 4 KiB of stack. */
struct arrival {
    struct loaded_object object;
    uint32_t index;
};

static void enter(void *context)
{
    struct arrival *arrival = context;
    arrival->index = add(&arrival->object);
    if (arrival->index)
        tell_watcher(arrival->index);
}

static bool holds(const struct trace_module *module, uintptr_t address)
{
    uint64_t start = __atomic_load_n(&module->start, __ATOMIC_ACQUIRE);
    return start && address >= start && address < module->end &&
           !__atomic_load_n(&module->unmapped_ns, __ATOMIC_RELAXED);
}

static uint32_t find_known(uintptr_t address)
{
    /* New frames come in a row and are of a few modules: that of the latest address near this one.
     */
    static atomic_uint latest_near[16];
    atomic_uint *latest = &latest_near[address >> 22 & 15];
    uint32_t there = atomic_load_explicit(latest, memory_order_acquire);
    if (there && holds(module_at(there), address))
        return there;
    uint64_t count = atomic_load_explicit(&trace_log_modules.count, memory_order_acquire);
    for (uint64_t i = count; i-- > 1;) {
        if (!chunk_table_reserve(&trace_log_modules, i, false))
            continue;
        if (!holds(module_at(i), address))
            continue;
        atomic_store_explicit(latest, (uint32_t)i, memory_order_release);
        return (uint32_t)i;
    }
    return 0;
}

uint32_t module_list_find(uintptr_t address)
{
    struct arrival arrival = {.index = 0};
    uint32_t found = find_known(address);
    if (found || !loaded_object_find(address, &arrival.object))
        return found;
    own_stack_run(OWN_STACK_LEARNING, enter, &arrival);
    return arrival.index;
}

bool module_list_is_gone(uint32_t module)
{
    return module && __atomic_load_n(&module_at(module)->unmapped_ns, __ATOMIC_RELAXED) != 0;
}

void module_list_refresh(void (*gone)(uintptr_t begin, uintptr_t end))
{
    uint64_t count = atomic_load_explicit(&trace_log_modules.count, memory_order_acquire);
    for (uint64_t i = 1; i < count; i++) {
        struct loaded_object object;
        struct trace_module *module = module_at(i);
        if (!module->start || module->unmapped_ns)
            continue;
        if (loaded_object_find(module->start, &object) && object.start == module->start)
            continue;
        __atomic_store_n(&module->unmapped_ns, trace_log_now(), __ATOMIC_RELAXED);
        if (gone)
            gone(module->start, module->end);
    }
}

bool module_list_range(uintptr_t address, uint64_t *begin, uint64_t *end)
{
    uint32_t index = module_list_find(address);
    if (!index)
        return false;
    *begin = module_at(index)->start;
    *end = module_at(index)->end;
    return true;
}

size_t module_list_path(uintptr_t address, char *path, size_t size)
{
    uint32_t index = module_list_find(address);
    struct trace_string string = {0, 0, 0};
    if (index)
        string = module_at(index)->path;
    size_t length = string.length < size ? string.length : size - 1;
    if (length > 0)
        memcpy(path, chunk_table_at(&trace_log_strings, string.offset), length);
    path[length] = '\0';
    return length;
}

/* dl_iterate_phdr is called before the program runs, where nobody else holds the loader's lock. */
static int begin_with(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    for (unsigned i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD) {
            module_list_find(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
            break;
        }
    return 0;
}

void module_list_begin(void)
{
    real_libc()->dl_iterate_phdr(begin_with, NULL);
}
