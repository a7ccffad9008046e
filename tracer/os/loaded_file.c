#include "os/loaded_file.h"

#include "os/sys.h"

#include <elf.h>
#include <string.h>

/* --- segments ------------------------------------------------------------- */

bool loaded_file_at(uintptr_t base, struct loaded_file *file)
{
    const ElfW(Ehdr) *header = (const void *)base;
    if (!header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return false;
    file->base = base;
    file->segments = (const void *)(base + header->e_phoff);
    file->count = header->e_phnum;
    return true;
}

static uintptr_t page_of(uintptr_t address)
{
    return address & ~(uintptr_t)(SYS_PAGE - 1);
}

/* As the loader does it: the last page only if all of it is RELRO. */
static bool is_read_only(const struct loaded_file *file, uintptr_t address)
{
    for (unsigned i = 0; i < file->count; i++) {
        uintptr_t begin = file->base + file->segments[i].p_vaddr;
        if (file->segments[i].p_type == PT_GNU_RELRO && address >= page_of(begin) &&
            address < page_of(begin + file->segments[i].p_memsz))
            return true;
    }
    return false;
}

bool loaded_file_write(const struct loaded_file *file, void **word, void *value)
{
    long page = (long)page_of((uintptr_t)word);
    bool read_only = is_read_only(file, (uintptr_t)word);
    if (read_only && sys_call(SYS_mprotect, page, SYS_PAGE, PROT_READ | PROT_WRITE, 0, 0, 0) != 0)
        return false;
    *word = value;
    if (read_only)
        sys_call(SYS_mprotect, page, SYS_PAGE, PROT_READ, 0, 0, 0);
    return true;
}

/* --- slots ---------------------------------------------------------------- */

/* What the dynamic section says of relocations. */
struct relocations {
    uintptr_t bias;
    const ElfW(Sym) * symbols;
    const char *names;
    const ElfW(Rela) * tables[2]; /* of the linkage table, and the others */
    size_t counts[2];
    size_t relative; /* that many come first among the others and name no symbol */
};

static void read_entry(struct relocations *file, const ElfW(Dyn) * entry)
{
    uintptr_t value = entry->d_un.d_ptr;
    const void *at = (const void *)(value < file->bias ? file->bias + value : value);
    switch (entry->d_tag) {
    case DT_SYMTAB:
        file->symbols = at;
        break;
    case DT_STRTAB:
        file->names = at;
        break;
    case DT_JMPREL:
        file->tables[0] = at;
        break;
    case DT_RELA:
        file->tables[1] = at;
        break;
    case DT_PLTRELSZ:
        file->counts[0] = value / sizeof(ElfW(Rela));
        break;
    case DT_RELASZ:
        file->counts[1] = value / sizeof(ElfW(Rela));
        break;
    case DT_RELACOUNT:
        file->relative = value;
        break;
    }
}

static bool visit_slot(const struct relocations *file, const ElfW(Rela) * relocation,
                       loaded_file_visitor *visit, void *context)
{
    uint32_t type = (uint32_t)ELF64_R_TYPE(relocation->r_info);
    if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT && type != R_X86_64_64)
        return false;
    const ElfW(Sym) *symbol = &file->symbols[ELF64_R_SYM(relocation->r_info)];
    return symbol->st_shndx == SHN_UNDEF && visit(context, file->names + symbol->st_name,
                                                  (void **)(file->bias + relocation->r_offset));
}

bool loaded_file_visit(uintptr_t bias, const ElfW(Dyn) * dynamic, loaded_file_visitor *visit,
                       void *context)
{
    struct relocations file = {.bias = bias};
    for (; dynamic && dynamic->d_tag != DT_NULL; dynamic++)
        read_entry(&file, dynamic);
    if (!file.symbols || !file.names)
        return false;
    for (int table = 0; table < 2; table++)
        for (size_t i = table ? file.relative : 0; i < file.counts[table]; i++)
            if (file.tables[table] && visit_slot(&file, &file.tables[table][i], visit, context))
                return true;
    return false;
}
