#include "start_vector.h"

#include "sys.h"

#include <elf.h>
#include <link.h>
#include <string.h>

/* --- the loader's pointer ------------------------------------------------- */

/* It is somewhere in the loader's data, most likely where it writes no more (RELRO). */
struct loader {
    uintptr_t base;
    const ElfW(Phdr) * segments;
    unsigned count;
};

static bool find_loader(struct loader *loader)
{
    const ElfW(Ehdr) *header = (const void *)_r_debug.r_ldbase;
    if (!header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return false;
    loader->base = (uintptr_t)header;
    loader->segments = (const void *)((const char *)header + header->e_phoff);
    loader->count = header->e_phnum;
    return true;
}

static uintptr_t page_of(uintptr_t address)
{
    return address & ~(uintptr_t)(SYS_PAGE - 1);
}

/* As the loader protected itself: the last page only if all of it is RELRO. */
static bool is_read_only(const struct loader *loader, uintptr_t address)
{
    for (unsigned i = 0; i < loader->count; i++) {
        uintptr_t begin = loader->base + loader->segments[i].p_vaddr;
        if (loader->segments[i].p_type == PT_GNU_RELRO && address >= page_of(begin) &&
            address < page_of(begin + loader->segments[i].p_memsz))
            return true;
    }
    return false;
}

static bool write_word(const struct loader *loader, void **word, void *value)
{
    long page = (long)page_of((uintptr_t)word);
    bool read_only = is_read_only(loader, (uintptr_t)word);
    if (read_only && sys_call(SYS_mprotect, page, SYS_PAGE, PROT_READ | PROT_WRITE, 0, 0, 0) != 0)
        return false;
    *word = value;
    if (read_only)
        sys_call(SYS_mprotect, page, SYS_PAGE, PROT_READ, 0, 0, 0);
    return true;
}

static bool write_in_segment(const struct loader *loader, const ElfW(Phdr) * segment, void *from,
                             void *to)
{
    bool written = false;
    void **word = (void **)((loader->base + segment->p_vaddr + 7) & ~(uintptr_t)7);
    void **end = (void **)(loader->base + segment->p_vaddr + segment->p_memsz);
    for (; word + 1 <= end; word++)
        if (*word == from)
            written |= write_word(loader, word, to);
    return written;
}

/* Every word of the loader's that says `from` says `to`. false: there is none, so that `from` is
 * not the auxiliary vector. */
static bool tell_loader(void *from, void *to)
{
    struct loader loader;
    bool told = false;
    if (!find_loader(&loader))
        return false;
    for (unsigned i = 0; i < loader.count; i++)
        if (loader.segments[i].p_type == PT_LOAD && (loader.segments[i].p_flags & PF_W))
            told |= write_in_segment(&loader, &loader.segments[i], from, to);
    return told;
}

/* --- the vector ----------------------------------------------------------- */

static char **end_of_auxiliary(void *vector)
{
    ElfW(auxv_t) *auxiliary = vector;
    while (auxiliary->a_type != AT_NULL)
        auxiliary++;
    return (char **)(auxiliary + 1);
}

void start_vector_remove(char **entry)
{
    char **end = entry;
    while (*end++)
        ;
    if (tell_loader(end, end - 1))
        end = end_of_auxiliary(end);
    memmove(entry, entry + 1, (size_t)(end - entry - 1) * sizeof *entry);
}
