#include "symbols/segment.h"
#include <gelf.h>
#include <string.h>

static const char *segment_section(Elf *elf, uint64_t address)
{
    static const struct {
        const char *section, *kind;
    } known[] = {
        {".text", "Text"}, {".data", "Data"},      {".bss", "BSS"},
        {".got", "GOT"},   {".got.plt", "GOTPLT"}, {".plt", "PLT"},
    };
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    size_t names;

    if (elf_getshdrstrndx(elf, &names) != 0)
        return NULL;
    while ((section = elf_nextscn(elf, section))) {
        if (!gelf_getshdr(section, &header) || !(header.sh_flags & SHF_ALLOC) ||
            header.sh_flags & SHF_TLS || address - header.sh_addr >= header.sh_size)
            continue;
        const char *name = elf_strptr(elf, names, header.sh_name);
        for (size_t i = 0; name && i < sizeof known / sizeof *known; i++)
            if (strcmp(name, known[i].section) == 0)
                return known[i].kind;
        return NULL;
    }
    return NULL;
}

/* What the loader has made of it: some of what is written at the start is not afterwards. */
static bool segment_access(char access[4], Elf *elf, uint64_t address)
{
    size_t count;
    bool found = false;
    GElf_Phdr header;

    if (elf_getphdrnum(elf, &count) != 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!gelf_getphdr(elf, (int)i, &header) || address - header.p_vaddr >= header.p_memsz)
            continue;
        if (header.p_type == PT_LOAD) {
            access[0] = header.p_flags & PF_R ? 'r' : '-';
            access[1] = header.p_flags & PF_W ? 'w' : '-';
            access[2] = header.p_flags & PF_X ? 'x' : '-';
            found = true;
        } else if (header.p_type == PT_GNU_RELRO) {
            access[1] = '-';
        }
    }
    return found;
}

bool segment_find(struct segment *segment, Dwfl_Module *module, uint64_t address)
{
    GElf_Addr bias;
    Elf *elf = dwfl_module_getelf(module, &bias);

    *segment = (struct segment){.access = "---"};
    if (!elf || !segment_access(segment->access, elf, address - bias))
        return false;
    segment->section = segment_section(elf, address - bias);
    return true;
}
