#include "guard/under.h"

#include "events/event.h"
#include "os/sys.h"
#include "tables/module_list.h"
#include "tables/stack_table.h"

#include <elf.h>
#include <stdatomic.h>
#include <string.h>

#define RANGES_MAX  256u /* copies of it: templates, overloads, clones */
#define MODULES_MAX 4096u

struct range {
    uint64_t begin, end;
};
static const char *wanted;        /* as the user wrote it, */
static char wanted_mangled[2048]; /* and as C++ has it, up to its parameters; or empty */
static struct range ranges[RANGES_MAX];
static atomic_uint range_count;
static atomic_uchar looked[MODULES_MAX]; /* at the symbols of these: 1 begun, 2 done */

/* --- names -------------------------------------------------------------------- */

static size_t put_number(char *text, size_t number)
{
    size_t digits = number >= 100 ? 3 : number >= 10 ? 2 : 1;
    for (size_t i = digits; i-- > 0; number /= 10)
        text[i] = (char)('0' + number % 10);
    return digits;
}

/* a::b becomes _ZN1a1bE, and b becomes _Z1b. */
static void mangle(const char *name)
{
    char *out = wanted_mangled;
    bool scoped = false;
    for (const char *at = name; *at; at++)
        scoped |= at[0] == ':' && at[1] == ':';
    memcpy(out, "_ZN", 3);
    out += scoped ? 3 : 2;
    while (*name) {
        size_t length = 0;
        while (name[length] && !(name[length] == ':' && name[length + 1] == ':'))
            length++;
        if (length == 0 || length > 999) {
            wanted_mangled[0] = '\0';
            return;
        }
        out += put_number(out, length);
        memcpy(out, name, length);
        out += length;
        name += length + (name[length] ? 2 : 0);
    }
    if (scoped)
        *out++ = 'E';
    *out = '\0';
}

static bool is_wanted(const char *symbol)
{
    size_t length = strlen(wanted_mangled);
    /* A compiler's clones: name.part.0, name.constprop.1. */
    size_t plain = strlen(wanted);
    return (strncmp(symbol, wanted, plain) == 0 &&
            (symbol[plain] == '\0' || symbol[plain] == '.')) ||
           (length && strncmp(symbol, wanted_mangled, length) == 0);
}

/* --- a file's symbols --------------------------------------------------------- */

struct image {
    const char *bytes;
    uint64_t size;
    uint64_t bias;
};

static const void *part_of(const struct image *image, uint64_t offset, uint64_t size)
{
    return offset <= image->size && size <= image->size - offset ? image->bytes + offset : NULL;
}

static void take_symbols(const struct image *image, const Elf64_Shdr *table,
                         const Elf64_Shdr *names)
{
    const Elf64_Sym *symbols = part_of(image, table->sh_offset, table->sh_size);
    const char *texts = part_of(image, names->sh_offset, names->sh_size);
    if (!symbols || !texts || names->sh_size == 0 || texts[names->sh_size - 1])
        return;
    for (uint64_t i = 0; i < table->sh_size / sizeof *symbols; i++) {
        const Elf64_Sym *symbol = &symbols[i];
        if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_shndx == SHN_UNDEF ||
            symbol->st_name >= names->sh_size || !is_wanted(texts + symbol->st_name))
            continue;
        unsigned at = atomic_load(&range_count);
        if (at == RANGES_MAX)
            return;
        uint64_t begin = image->bias + symbol->st_value;
        ranges[at] = (struct range){begin, begin + (symbol->st_size ? symbol->st_size : 1)};
        /* Release: who sees the count sees the range. */
        atomic_store_explicit(&range_count, at + 1, memory_order_release);
    }
}

static const Elf64_Shdr *find_section(const Elf64_Shdr *sections, unsigned count, uint32_t type)
{
    for (unsigned i = 0; i < count; i++)
        if (sections[i].sh_type == type && sections[i].sh_link < count)
            return &sections[i];
    return NULL;
}

static void take_image(struct image *image, uint64_t begin)
{
    const Elf64_Ehdr *elf = part_of(image, 0, sizeof *elf);
    if (!elf || memcmp(elf->e_ident, ELFMAG, SELFMAG) != 0)
        return;
    const Elf64_Phdr *segments =
        part_of(image, elf->e_phoff, (uint64_t)elf->e_phnum * sizeof *segments);
    const Elf64_Shdr *sections =
        part_of(image, elf->e_shoff, (uint64_t)elf->e_shnum * sizeof *sections);
    uint64_t lowest = UINT64_MAX;
    for (unsigned i = 0; segments && i < elf->e_phnum; i++)
        if (segments[i].p_type == PT_LOAD && segments[i].p_vaddr < lowest)
            lowest = segments[i].p_vaddr;
    if (!segments || !sections || lowest == UINT64_MAX)
        return;
    image->bias = begin - (lowest & ~(uint64_t)(SYS_PAGE - 1));
    const Elf64_Shdr *table = find_section(sections, elf->e_shnum, SHT_SYMTAB);
    if (!table)
        table = find_section(sections, elf->e_shnum, SHT_DYNSYM);
    if (table)
        take_symbols(image, table, &sections[table->sh_link]);
}

static void take_file(const char *path, uint64_t begin)
{
    struct image image = {0};
    struct stat status;
    long fd = sys_open(path, O_RDONLY, 0);
    if (sys_is_error(fd))
        return;
    if (sys_fstat((int)fd, &status) == 0 && status.st_size > 0) {
        image.size = (uint64_t)status.st_size;
        image.bytes = sys_mmap(NULL, image.size, PROT_READ, MAP_PRIVATE, (int)fd, 0);
    }
    sys_close((int)fd);
    if (!image.bytes)
        return;
    take_image(&image, begin);
    sys_munmap((void *)image.bytes, image.size);
}

/* Another thread that is at it makes this one's block an unguarded one: it is not waited for. */
static void look_at_module(uintptr_t address)
{
    static char path[4096]; /* of one thread at a time: see `busy` */
    static atomic_flag busy = ATOMIC_FLAG_INIT;
    uint64_t begin, end;
    uint32_t module = module_list_find(address);
    if (!module || module >= MODULES_MAX || atomic_load(&looked[module]) ||
        atomic_flag_test_and_set(&busy))
        return;
    if (!atomic_exchange(&looked[module], 1) && module_list_range(address, &begin, &end) &&
        module_list_path(address, path, sizeof path) > 0)
        take_file(path, begin);
    atomic_flag_clear(&busy);
}

/* --- a call ------------------------------------------------------------------- */

static bool is_in_range(uintptr_t address)
{
    unsigned count = atomic_load_explicit(&range_count, memory_order_acquire);
    for (unsigned i = 0; i < count; i++)
        if (address - ranges[i].begin < ranges[i].end - ranges[i].begin)
            return true;
    return false;
}

bool under_is_inside(struct thread *thread, const struct call_site *site)
{
    uintptr_t address;
    uint32_t node = thread ? event_stack_rarely(thread, site) : 0;
    while (node > TRACE_NODE_CUT) {
        node = stack_table_read(node, &address);
        look_at_module(address - 1);
        if (is_in_range(address - 1))
            return true;
    }
    return false;
}

bool under_was_found(void)
{
    return atomic_load(&range_count) > 0;
}

void under_begin(const char *function)
{
    wanted = function;
    mangle(function);
}
