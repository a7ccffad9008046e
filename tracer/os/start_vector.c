#include "os/start_vector.h"

#include "os/loaded_file.h"

#include <elf.h>
#include <link.h>
#include <string.h>

/* --- the loader's pointer ------------------------------------------------- */

/* It is somewhere in the loader's data, most likely where it writes no more (RELRO). */
static bool write_in_segment(const struct loaded_file *loader, const ElfW(Phdr) * segment,
                             void *from, void *to)
{
    bool written = false;
    void **word = (void **)((loader->base + segment->p_vaddr + 7) & ~(uintptr_t)7);
    void **end = (void **)(loader->base + segment->p_vaddr + segment->p_memsz);
    for (; word + 1 <= end; word++)
        if (*word == from)
            written |= loaded_file_write(loader, word, to);
    return written;
}

/* Every word of the loader's that says `from` says `to`. false: there is none, so that `from` is
 * not the auxiliary vector. */
static bool tell_loader(void *from, void *to)
{
    struct loaded_file loader;
    bool told = false;
    if (!loaded_file_at(_r_debug.r_ldbase, &loader))
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
