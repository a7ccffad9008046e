#include "core/core_types.h"
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "symbols/demangle.h"
#include "symbols/module_file.h"

struct core_vtable {
    uint64_t begin, end;
    char *name;
};

/* Of a file whose vtables were looked for. */
struct core_module {
    const char *path;
    struct core_vtable *vtables; /* by address */
    size_t count, capacity;
};

struct core_types {
    const struct image *image;
    struct core_module *modules;
    size_t count, capacity;
};

struct core_types *core_types_new(const struct image *image)
{
    struct core_types *types = memory_zeroed(1, sizeof *types);

    types->image = image;
    return types;
}

void core_types_free(struct core_types *types)
{
    for (size_t i = 0; i < types->count; i++) {
        for (size_t k = 0; k < types->modules[i].count; k++)
            free(types->modules[i].vtables[k].name);
        free(types->modules[i].vtables);
    }
    free(types->modules);
    free(types);
}

/* --- the vtables of a file -------------------------------------------------- */

static void core_add_vtable(struct core_module *module, const char *symbol, uint64_t begin,
                            uint64_t size)
{
    char *name = demangle_name(symbol);

    memory_reserve(module->vtables, module->count, module->capacity);
    module->vtables[module->count++] =
        (struct core_vtable){begin, begin + size, name ? name : memory_text("%s", symbol)};
}

static int core_compare_vtables(const void *left, const void *right)
{
    const struct core_vtable *a = left, *b = right;

    return (a->begin > b->begin) - (a->begin < b->begin);
}

static void core_read_vtables(struct core_module *module, Dwfl_Module *symbols, uint64_t bias)
{
    int count = dwfl_module_getsymtab(symbols);

    for (int i = 0; i < count; i++) {
        GElf_Sym symbol;
        GElf_Addr address;
        const char *name = dwfl_module_getsym_info(symbols, i, &symbol, &address, NULL, NULL, NULL);

        if (name && strncmp(name, "_ZTV", 4) == 0 && symbol.st_shndx != SHN_UNDEF)
            core_add_vtable(module, name, address + bias, symbol.st_size);
    }
    if (module->count)
        qsort(module->vtables, module->count, sizeof *module->vtables, core_compare_vtables);
}

/* The file where the process had it, if it is the same build. */
static void core_open_module(const struct image *image, struct core_module *module,
                             const struct image_file *begin)
{
    struct module found = {
        .path = begin->path, .start = begin->begin, .end = begin->end, .present = true};
    struct module_file file;

    found.build_id_size = image_build_id(image, begin->begin, found.build_id);
    module_file_open(&file, &found, NULL);
    if (file.state != MODULE_FILE_FOUND)
        return;
    core_read_vtables(module, file.module, begin->begin - image_link_address(image, begin->begin));
    module_file_close(&file);
}

static struct core_module *core_module_of(struct core_types *types, const struct image_file *file)
{
    for (size_t i = 0; i < types->count; i++)
        if (strcmp(types->modules[i].path, file->path) == 0)
            return &types->modules[i];
    memory_reserve(types->modules, types->count, types->capacity);
    struct core_module *module = &types->modules[types->count++];
    *module = (struct core_module){.path = file->path};
    core_open_module(types->image, module, image_file_begin(types->image, file));
    return module;
}

/* --- a block ---------------------------------------------------------------- */

static const struct core_vtable *core_find_vtable(const struct core_module *module,
                                                  uint64_t address)
{
    size_t low = 0, high = module->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (module->vtables[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < module->count && module->vtables[low].begin <= address;
    return found ? &module->vtables[low] : NULL;
}

const char *core_types_of(struct core_types *types, uint64_t block, uint64_t *vtable)
{
    const struct image_file *file = NULL;

    if (image_read_exactly(types->image, block, vtable, sizeof *vtable) && *vtable % 8 == 0)
        file = image_file_at(types->image, *vtable);
    if (!file || file->path[0] != '/')
        return NULL;
    const struct core_vtable *found = core_find_vtable(core_module_of(types, file), *vtable);
    return found ? found->name : NULL;
}
