#include "events/glib_sites.h"

#include "events/request_stub.h"
#include "libc/loaded_object.h"
#include "libc/real.h"
#include "log/trace_log.h"
#include "os/sys.h"
#include "tables/module_list.h"

#include <elf.h>
#include <link.h>
#include <string.h>

/* Of gobject: the table of GLib's kinds of properties, made by the library's constructor before the
 * first object that has private data. */
static bool has_objects(void)
{
    void *const *types = real_find_object("g_param_spec_types");
    return types && *types;
}

static bool has_none(void)
{
    return false;
}

static const struct library {
    const char *name;
    /* Whether it has made what another answer would be wrong for by now. */
    bool (*is_late)(void);
} libraries[] = {{"libglib-2.0.so.0", has_none}, {"libgobject-2.0.so.0", has_objects}};

/* libglib-2.0.so.0.7400.6, in any folder. */
static bool is_called(const char *path, size_t length, const char *name)
{
    size_t name_length = strlen(name);
    size_t folder = length;
    while (folder > 0 && path[folder - 1] != '/')
        folder--;
    return length - folder >= name_length && memcmp(path + folder, name, name_length) == 0 &&
           (length - folder == name_length || path[folder + name_length] == '.');
}

static const struct library *find_library(const char *path, size_t length)
{
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        if (is_called(path, length, libraries[i].name))
            return &libraries[i];
    return NULL;
}

bool glib_sites_has(uintptr_t address)
{
    struct loaded_object object;
    return loaded_object_find(address, &object) &&
           find_library(object.map->l_name, strlen(object.map->l_name));
}

/* --- its code ------------------------------------------------------------ */

static uintptr_t page_of(const void *address)
{
    return (uintptr_t)address & ~(uintptr_t)(SYS_PAGE - 1);
}

/* Whoever runs in these pages goes on meanwhile: they stay executable. */
static long protect(const unsigned char *first, const unsigned char *last, int protection)
{
    uintptr_t begin = page_of(first);
    return sys_mprotect((void *)begin, page_of(last + REQUEST_BYTES - 1) + SYS_PAGE - begin,
                        PROT_READ | PROT_EXEC | protection);
}

static void patch_all(const unsigned char *first, const unsigned char *end, struct trace_glib *done)
{
    uintptr_t latest_page = 0;
    for (const unsigned char *at = first; at; at = request_stub_find(at + REQUEST_BYTES, end)) {
        uintptr_t page = page_of(at), last_page = page_of(at + REQUEST_BYTES - 1);
        done->pages += (page != latest_page) + (last_page != page);
        latest_page = last_page;
        done->sites++;
        request_stub_patch((unsigned char *)(uintptr_t)at);
    }
}

/* 0, or -errno and nothing is changed. */
static long patch_code(const struct library *library, const unsigned char *begin,
                       const unsigned char *end, struct trace_glib *done)
{
    const unsigned char *first = request_stub_find(begin, end), *last = first;
    if (!first)
        return 0;
    for (const unsigned char *at = first; at; at = request_stub_find(at + REQUEST_BYTES, end))
        last = at;
    long error = library->is_late() ? -EBUSY : protect(first, last, PROT_WRITE);
    if (error)
        return error;
    patch_all(first, end, done);
    protect(first, last, 0);
    return 0;
}

static long patch_module(const struct library *library, const struct trace_module *module,
                         struct trace_glib *done)
{
    const ElfW(Ehdr) *header = (const void *)(uintptr_t)module->start;
    const ElfW(Phdr) *segment = (const void *)(uintptr_t)(module->start + header->e_phoff);
    long error = 0;
    for (unsigned i = 0; i < header->e_phnum && !error; i++) {
        const unsigned char *begin = (const void *)(uintptr_t)(module->bias + segment[i].p_vaddr);
        if (segment[i].p_type == PT_LOAD && segment[i].p_flags == (PF_R | PF_X))
            error = patch_code(library, begin, begin + segment[i].p_filesz, done);
    }
    return error;
}

/* --- arrivals ------------------------------------------------------------ */

static void note(const struct trace_glib *done, bool refused)
{
    struct trace_glib *glib = &trace_log_header->glib;
    __atomic_fetch_add(refused ? &glib->refused : &glib->libraries, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&glib->sites, done->sites, __ATOMIC_RELAXED);
    __atomic_fetch_add(&glib->pages, done->pages, __ATOMIC_RELAXED);
}

/* A library may be told of twice, when two threads meet it at once: then no request is left. */
static void arrived(const struct trace_module *module, const char *path, size_t length)
{
    struct trace_glib done = {0};
    const struct library *library = find_library(path, length);
    if (!library || memcmp((const void *)(uintptr_t)module->start, ELFMAG, SELFMAG) != 0)
        return;
    long error = patch_module(library, module, &done);
    if (error || done.sites)
        note(&done, error != 0);
}

void glib_sites_begin(void)
{
    request_stub_begin();
    module_list_watch(arrived);
}
