#include "libc/real.h"

#include "os/decimal.h"
#include "os/swap.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

struct real_functions real;
struct real_functions real_found;

/* The dynamic linker's dlsym would do, but it allocates and translates its error texts, takes locks
 * that the program may hold at that moment (tracing begins inside some malloc), and changes what
 * the program's dlerror says. Reading the symbol tables does none of that. */

struct symbols {
    const ElfW(Sym) * table;
    const char *names;
    const uint32_t *gnu_hash;
    const ElfW(Half) * versions; /* or NULL */
    size_t own_name;             /* in names; 0: none */
};

/* glibc has relocated these addresses in place, but not in every object (the vdso). */
static const void *at(const struct link_map *map, ElfW(Addr) address)
{
    return (const void *)(address < map->l_addr ? map->l_addr + address : address);
}

static bool read_dynamic(const struct link_map *map, struct symbols *symbols)
{
    *symbols = (struct symbols){0};
    for (const ElfW(Dyn) *entry = map->l_ld; entry && entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_SYMTAB)
            symbols->table = at(map, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_STRTAB)
            symbols->names = at(map, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_GNU_HASH)
            symbols->gnu_hash = at(map, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_VERSYM)
            symbols->versions = at(map, entry->d_un.d_ptr);
        else if (entry->d_tag == DT_SONAME)
            symbols->own_name = entry->d_un.d_val;
    }
    return symbols->table && symbols->names && symbols->gnu_hash;
}

static uint32_t hash_name(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

#define VERSION_HIDDEN 0x8000u /* an older version, kept for programs that were linked with it */

/* Not one that a function of its own must choose (STT_GNU_IFUNC). */
static bool is_known_type(unsigned type)
{
    return type == STT_FUNC || type == STT_OBJECT;
}

static bool is_hidden(const struct symbols *symbols, uint32_t index)
{
    return symbols->versions && (symbols->versions[index] & VERSION_HIDDEN);
}

static bool is_wanted(const struct symbols *symbols, uint32_t index, const char *name)
{
    const ElfW(Sym) *symbol = &symbols->table[index];
    return symbol->st_shndx != SHN_UNDEF && is_known_type(ELF64_ST_TYPE(symbol->st_info)) &&
           strcmp(symbols->names + symbol->st_name, name) == 0;
}

/* DT_GNU_HASH: number of buckets, first symbol, words of the filter, its shift; the filter; the
 * buckets; for each symbol from the first on its hash, the lowest bit set on the last of a bucket.
 */
static void *find_version_in(const struct link_map *map, const char *name, uint32_t hash,
                             bool hidden, size_t *size)
{
    struct symbols symbols;
    if (!read_dynamic(map, &symbols))
        return NULL;
    const uint32_t *table = symbols.gnu_hash;
    uint32_t bucket_count = table[0];
    uint32_t first = table[1];
    const uint32_t *buckets = table + 4 + table[2] * (sizeof(ElfW(Addr)) / sizeof(uint32_t));
    const uint32_t *hashes = buckets + bucket_count;
    if (bucket_count == 0)
        return NULL;
    for (uint32_t index = buckets[hash % bucket_count]; index >= first; index++) {
        if ((hashes[index - first] | 1) == (hash | 1) && is_wanted(&symbols, index, name) &&
            (hidden || !is_hidden(&symbols, index))) {
            *size = symbols.table[index].st_size;
            return (void *)(map->l_addr + symbols.table[index].st_value);
        }
        if (hashes[index - first] & 1)
            return NULL;
    }
    return NULL;
}

/* By its default version. */
static void *find_in(const struct link_map *map, const char *name, uint32_t hash, size_t *size)
{
    return find_version_in(map, name, hash, false, size);
}

static const struct link_map *own_map(void)
{
    for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next)
        if (map->l_ld == _DYNAMIC)
            return map;
    return NULL;
}

/* The list is the order in which the loader searches: the program, what is preloaded, the
 * libraries; behind them what was loaded later, for all or for its loader only. */
static void *find_from(const struct link_map *first, const char *symbol, size_t *size)
{
    uint32_t hash = hash_name(symbol);
    for (const struct link_map *map = first; map; map = map->l_next) {
        void *found = find_in(map, symbol, hash, size);
        if (found)
            return found;
    }
    return NULL;
}

static const struct link_map *libc_map(void)
{
    struct symbols symbols;
    for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next)
        if (read_dynamic(map, &symbols) && symbols.own_name &&
            strcmp(symbols.names + symbols.own_name, "libc.so.6") == 0)
            return map;
    return NULL;
}

bool real_comes_late(void)
{
    static enum { NOT_ASKED, LATE, IN_TIME } answer;
    if (answer == NOT_ASKED) {
        const struct link_map *map = libc_map();
        while (map && map->l_ld != _DYNAMIC)
            map = map->l_next;
        answer = map ? LATE : IN_TIME;
    }
    return answer == LATE;
}

static const struct link_map *behind_us(void)
{
    const struct link_map *own = own_map();
    return real_comes_late() ? _r_debug.r_map : own ? own->l_next : NULL;
}

static void *find_next(const char *symbol, size_t *size)
{
    return find_from(behind_us(), symbol, size);
}

const void *real_provider(const char *symbol)
{
    size_t size;
    uint32_t hash = hash_name(symbol);
    const struct link_map *map = behind_us();
    while (map && !find_in(map, symbol, hash, &size))
        map = map->l_next;
    return map;
}

void *real_find_in(const struct link_map *file, const char *symbol)
{
    size_t size;
    return find_in(file, symbol, hash_name(symbol), &size);
}

void *real_find(const char *symbol)
{
    size_t size;
    return find_next(symbol, &size);
}

void *real_find_object(const char *symbol)
{
    size_t size;
    return find_from(_r_debug.r_map, symbol, &size);
}

void real_extent(const char *symbol, uint64_t *begin, uint64_t *end)
{
    size_t size = 0;
    *begin = (uintptr_t)find_next(symbol, &size);
    *end = *begin + size;
}

bool real_is_inside(uintptr_t address, const char *symbol)
{
    uint64_t begin, end;
    real_extent(symbol, &begin, &end);
    return address - begin < end - begin;
}

/* The program's references name a version, and are bound to what only bears that: the malloc of
 * libc_malloc_debug.so. */
bool real_is_bypassed(const char *symbol)
{
    size_t size;
    uint32_t hash = hash_name(symbol);
    for (const struct link_map *map = _r_debug.r_map; map && map->l_ld != _DYNAMIC;
         map = map->l_next)
        if (find_version_in(map, symbol, hash, true, &size))
            return true;
    return false;
}

/* libc has dlopen from 2.34 on. Before, it has one for itself, which wants to be told that it is
 * not the loader who asks. */
#define MODE_OF_DLOPEN ((int)0x80000000)
static void *(*older_dlopen)(const char *, int);

static void *open_as_older(const char *name, int mode)
{
    return older_dlopen(name, mode | MODE_OF_DLOPEN);
}

static void find_older_dlopen(struct real_libc *libc, const struct link_map *map)
{
    older_dlopen = (void *(*)(const char *, int))real_find_in(map, "__libc_dlopen_mode");
    if (older_dlopen)
        libc->dlopen = open_as_older;
}

const struct real_libc *real_libc(void)
{
    static struct real_libc libc;
    const struct link_map *map = libc.fork ? NULL : libc_map();
    if (map) {
#define X(result, name, parameters) libc.name = (result(*) parameters)real_find_in(map, #name);
#include "libc/real_libc.def"
#undef X
        if (!libc.dlopen)
            find_older_dlopen(&libc, map);
    }
    return &libc;
}

bool real_libc_is_since(unsigned minor)
{
    const char *version = real_libc()->gnu_get_libc_version();
    if (version[0] != '2' || version[1] != '.')
        return version[0] > '2';
    version += 2;
    return decimal_read(&version) >= minor;
}

/* --- what only some releases of libc have --------------------------------- */

/* A program that asks for a name of ours by dlsym, or weakly, finds it also where libc has none: it
 * is made of what libc has. */
static int fstat_of_older(int fd, void *status)
{
    return real.fxstat(1, fd, status);
}

static int fstat64_of_older(int fd, void *status)
{
    return real.fxstat64(1, fd, status);
}

static int execveat_of_older(int fd, const char *path, char *const arguments[],
                             char *const environment[], int flags)
{
    return (int)real.syscall(SYS_execveat, fd, path, arguments, environment, flags);
}

/* Since 2.33 programs call fstat; __fxstat is kept for those that were linked before. */
static void *find_kept(const char *symbol)
{
    size_t size;
    uint32_t hash = hash_name(symbol);
    void *found = NULL;
    for (const struct link_map *map = behind_us(); map && !found; map = map->l_next)
        found = find_version_in(map, symbol, hash, true, &size);
    return found;
}

static void fill_in(void)
{
    if (!real.fxstat)
        real.fxstat = (int (*)(int, int, void *))find_kept("__fxstat");
    if (!real.fxstat64)
        real.fxstat64 = (int (*)(int, int, void *))find_kept("__fxstat64");
    if (!real.fstat)
        real.fstat = fstat_of_older;
    if (!real.fstat64)
        real.fstat64 = fstat64_of_older;
    if (!real.fcntl64)
        real.fcntl64 = real.fcntl;
    if (!real.execveat)
        real.execveat = execveat_of_older;
}

void real_resolve(void)
{
#define X(result, name, symbol, parameters) real.name = (result(*) parameters)real_find(symbol);
#include "libc/real.def"
#undef X
    /* This one no name of ours stands before, and libstdc++ may be in the program itself. */
    size_t size;
    void *freeres = find_from(_r_debug.r_map, "_ZN9__gnu_cxx9__freeresEv", &size);
    real.cxx_freeres = (void (*)(void))freeres;
    fill_in();
    real_found = real;
    const char *alone = real_find("__libc_single_threaded");
    if (alone)
        swap_alone = alone;
}
