#include "capture/unwind_library.h"

#include "libc/loaded_object.h"
#include "libc/real.h"
#include "os/loaded_file.h"
#include "os/own_stack.h"
#include "os/sys.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <string.h>

#define QUOTE(name)  #name
#define SYMBOL(name) QUOTE(name) /* what libunwind.h's macro makes of a name */

struct unwind_library unwind_library;

/* --- what it calls --------------------------------------------------------- */

/* libunwind opens a pipe when it is first used, to check addresses with, which access_memory does
 * in another way. So it gets none; one that asks again needs it after all, and gets one whose
 * numbers are out of the program's way. */
static int give_pipe(int ends[2], int flags)
{
    static atomic_bool asked;
    long error = atomic_exchange(&asked, true) ? sys_pipe(ends, flags) : -EMFILE;
    if (error) {
        errno = (int)-error;
        return -1;
    }
    ends[0] = sys_move_high(ends[0], true);
    ends[1] = sys_move_high(ends[1], true);
    return 0;
}

/* libunwind blocks all signals for a moment and puts the mask back, both through libc (sigprocmask,
 * since 1.8 pthread_sigmask), which leaves out the two that it keeps for itself. In a thread of
 * libc's that blocks these (timer_create with SIGEV_THREAD waits for signal 32 like that) they
 * would be let in, and kill. On a stack of ours all are blocked already: that is eight of twelve
 * system calls for each new return address. */
static int set_mask(int how, const sigset_t *set, sigset_t *before)
{
    const uint64_t all = ~0ull;
    (void)how;
    if (own_stack_is_current())
        return 0;
    if (before)
        sys_sigprocmask(SIG_BLOCK, &all, (uint64_t *)before);
    else
        sys_sigprocmask(SIG_SETMASK, (const uint64_t *)set, NULL);
    return 0;
}

/* libunwind looks for the file that holds an address by dl_iterate_phdr, which waits for a lock of
 * the loader's. Its holder may be waiting for this very thread (a callback of dl_iterate_phdr that
 * waits for another thread to go on), and in a forked child there is none that could give it up.
 * So the file is found without a lock. What libunwind gives its callback begins with the address;
 * that is seen when it is loaded, and one that does otherwise has libc's function. */
static uintptr_t expected;
static bool begins_with_address;

void unwind_library_expect(uintptr_t address)
{
    expected = address;
}

bool unwind_library_needs_no_lock(void)
{
    return begins_with_address;
}

typedef int visit_file(struct dl_phdr_info *info, size_t size, void *context);

/* As in dl_iterate_phdr: 0 goes on, where there is no other file to go on with. */
static int visit_found(const struct loaded_object *object, visit_file *visit, void *sought)
{
    struct loaded_file file;
    if (!loaded_file_at(object->start, &file))
        return real_libc()->dl_iterate_phdr(visit, sought);
    struct dl_phdr_info info = {.dlpi_addr = object->map->l_addr,
                                .dlpi_name = object->map->l_name,
                                .dlpi_phdr = file.segments,
                                .dlpi_phnum = (ElfW(Half))file.count};
    return visit(&info, sizeof info, sought);
}

static int find_file(visit_file *visit, void *sought)
{
    struct loaded_object object;
    uintptr_t address = *(const uintptr_t *)sought;
    /* A return address is looked up as the byte before it. */
    if (expected)
        begins_with_address = address == expected || address == expected - 1;
    if (!begins_with_address)
        return real_libc()->dl_iterate_phdr(visit, sought);
    return loaded_object_find(address, &object) ? visit_found(&object, visit, sought) : 0;
}

/* Also where the program has loaded libunwind itself: what it would lack is made up for. */
static bool put_ours(void *context, const char *symbol, void **slot)
{
    if (strcmp(symbol, "pipe2") == 0)
        loaded_file_write(context, slot, (void *)give_pipe);
    else if (strcmp(symbol, "sigprocmask") == 0 || strcmp(symbol, "pthread_sigmask") == 0)
        loaded_file_write(context, slot, (void *)set_mask);
    else if (strcmp(symbol, "dl_iterate_phdr") == 0)
        loaded_file_write(context, slot, (void *)find_file);
    return false;
}

/* --- loading ------------------------------------------------------------- */

#define BROUGHT_MAX 8u
static uintptr_t brought[BROUGHT_MAX];

bool unwind_library_brought(uintptr_t bias)
{
    for (unsigned i = 0; i < BROUGHT_MAX && brought[i]; i++)
        if (brought[i] == bias)
            return true;
    return false;
}

static const struct link_map *last_file(void)
{
    const struct link_map *map = _r_debug.r_map;
    while (map && map->l_next)
        map = map->l_next;
    return map;
}

/* The loader lists files in the order in which it loads them. */
static void note_brought(const struct link_map *before)
{
    unsigned count = 0;
    for (const struct link_map *map = before->l_next; map && count < BROUGHT_MAX; map = map->l_next)
        brought[count++] = map->l_addr;
}

static const struct link_map *load(const char *name)
{
    struct loaded_file file;
    const struct link_map *before = last_file();
    const struct link_map *map = real_libc()->dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (before)
        note_brought(before);
    if (map && loaded_file_at(map->l_addr, &file))
        loaded_file_visit(map->l_addr, map->l_ld, put_ours, &file);
    return map;
}

bool unwind_library_load(const char **reason)
{
    static const struct {
        const char *symbol;
        void *to;
    } wanted[] = {
        {"_Ux86_64_getcontext", &unwind_library.get_context},
        {SYMBOL(unw_init_local), &unwind_library.init},
        {SYMBOL(unw_step), &unwind_library.step},
        {SYMBOL(unw_get_reg), &unwind_library.get_register},
        {SYMBOL(unw_is_signal_frame), &unwind_library.is_signal_frame},
        {SYMBOL(unw_get_proc_info), &unwind_library.get_procedure},
        {SYMBOL(unw_set_caching_policy), &unwind_library.set_caching},
        {SYMBOL(unw_backtrace), &unwind_library.backtrace},
        {SYMBOL(unw_get_accessors), &unwind_library.get_accessors},
        {SYMBOL(unw_local_addr_space), &unwind_library.local},
    };
    const struct link_map *map = load("libunwind.so.8");
    *reason = "libunwind.so.8 cannot be loaded (Debian: apt-get install libunwind8)";
    if (!map)
        return false;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        void *found = real_find_in(map, wanted[i].symbol);
        *reason = wanted[i].symbol;
        if (!found)
            return false;
        memcpy(wanted[i].to, &found, sizeof found);
    }
    *reason = NULL;
    return true;
}
