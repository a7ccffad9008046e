#include "bypass.h"

#include "real.h"

#include <elf.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static atomic_bool seen;

/* What a module's dynamic section says of its relocations. */
struct relocations {
    uintptr_t bias;
    const ElfW(Sym) * symbols;
    const char *names;
    const ElfW(Rela) * tables[2]; /* of the linkage table, and the others */
    size_t counts[2];
    size_t relative; /* that many come first among the others and name no symbol */
};

static void read_entry(struct relocations *module, const ElfW(Dyn) * entry)
{
    uintptr_t value = entry->d_un.d_ptr;
    const void *at = (const void *)(value < module->bias ? module->bias + value : value);
    switch (entry->d_tag) {
    case DT_SYMTAB:
        module->symbols = at;
        break;
    case DT_STRTAB:
        module->names = at;
        break;
    case DT_JMPREL:
        module->tables[0] = at;
        break;
    case DT_RELA:
        module->tables[1] = at;
        break;
    case DT_PLTRELSZ:
        module->counts[0] = value / sizeof(ElfW(Rela));
        break;
    case DT_RELASZ:
        module->counts[1] = value / sizeof(ElfW(Rela));
        break;
    case DT_RELACOUNT:
        module->relative = value;
        break;
    }
}

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
            return *(void *const *)((const char *)&real + known[i].offset);
    return NULL;
}

/* A slot that was not used yet leads back into the module. */
static bool is_bound_past_us(const struct relocations *module, const ElfW(Rela) * relocation)
{
    uint32_t type = (uint32_t)ELF64_R_TYPE(relocation->r_info);
    if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT && type != R_X86_64_64)
        return false;
    const ElfW(Sym) *symbol = &module->symbols[ELF64_R_SYM(relocation->r_info)];
    if (symbol->st_shndx != SHN_UNDEF)
        return false;
    void *wanted = allocator(module->names + symbol->st_name);
    return wanted && *(void *const *)(module->bias + relocation->r_offset) == wanted;
}

static int look_at_module(struct dl_phdr_info *info, size_t size, void *context)
{
    struct relocations module = {.bias = info->dlpi_addr};
    const ElfW(Dyn) *entry = NULL;
    (void)size;
    (void)context;
    for (unsigned i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
            entry = (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    for (; entry && entry->d_tag != DT_NULL; entry++)
        read_entry(&module, entry);
    if (!module.symbols || !module.names)
        return 0;
    for (int table = 0; table < 2; table++)
        for (size_t i = table ? module.relative : 0; i < module.counts[table]; i++)
            if (module.tables[table] && is_bound_past_us(&module, &module.tables[table][i]))
                return 1;
    return 0;
}

/* The loader's list of namespaces, which has a second one as soon as dlmopen made it. */
static bool has_namespaces(void)
{
    const struct r_debug_extended *first = (const void *)&_r_debug;
    __asm__("" : "+r"(first)); /* larger than it is declared, from version 2 on */
    return first->base.r_version > 1 && first->r_next;
}

bool bypass_is_there(void)
{
    if (atomic_load(&seen))
        return true;
    if (!has_namespaces() && !dl_iterate_phdr(look_at_module, NULL))
        return false;
    atomic_store(&seen, true);
    return true;
}
