#include "tables/module_list.h"

#include "scratch.h"
#include "log/trace_log.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

/* A library of libc6 that nobody loads. */
#define LIBRARY "libBrokenLocale.so.1"

static int set_up(void **state)
{
    scratch_begin_log("modules.log");
    module_list_begin();
    return 0;
}

static const struct trace_module *module_of(const void *address)
{
    uint32_t index = module_list_find((uintptr_t)address);
    return index ? chunk_table_at(&trace_log_modules, index) : NULL;
}

static const char *path_of(const void *address)
{
    static char path[4096];
    module_list_path((uintptr_t)address, path, sizeof path);
    return path;
}

static void the_program_itself(void **state)
{
    char path[4096] = "";
    const struct trace_module *module = module_of((const void *)set_up);
    assert_true(readlink("/proc/self/exe", path, sizeof path - 1) > 0);
    assert_non_null(module);
    assert_int_equal(module->is_program, 1);
    assert_string_equal(path_of((const void *)set_up), path);
    assert_true(module->start <= (uintptr_t)set_up && (uintptr_t)set_up < module->end);
}

/* A library's name may be a link: libc.so.6 was one before 2.34. */
static void assert_is_file(const char *loaded, const char *path)
{
    char file[PATH_MAX];
    assert_non_null(realpath(loaded, file));
    assert_string_equal(path, file);
}

struct wanted {
    const char *name;
    const char *loaded;
    uint64_t bias;
    uint8_t build_id[40];
    uint32_t build_id_size;
};

static int look_for(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    struct wanted *wanted = context;
    if (!strstr(info->dlpi_name, wanted->name))
        return 0;
    wanted->loaded = info->dlpi_name;
    wanted->bias = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const char *at = (const char *)info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        const char *end = at + info->dlpi_phdr[i].p_memsz;
        while (info->dlpi_phdr[i].p_type == PT_NOTE && at + sizeof(ElfW(Nhdr)) < end) {
            const ElfW(Nhdr) *note = (const void *)at;
            const char *text = at + sizeof *note + ((note->n_namesz + 3) & ~3u);
            if (note->n_type == NT_GNU_BUILD_ID) {
                memcpy(wanted->build_id, text, note->n_descsz);
                wanted->build_id_size = note->n_descsz;
            }
            at = text + ((note->n_descsz + 3) & ~3u);
        }
    }
    return 1;
}

static void a_library_with_its_build_id(void **state)
{
    struct wanted wanted = {.name = "/libc.so.6"};
    assert_int_equal(dl_iterate_phdr(look_for, &wanted), 1);
    assert_int_equal(wanted.build_id_size, 20); /* Debian's libc has one */
    const struct trace_module *module = module_of((const void *)wanted.bias + 4096);
    assert_non_null(module);
    assert_int_equal(module->bias, wanted.bias);
    assert_int_equal(module->is_program, 0);
    assert_int_equal(module->build_id_size, wanted.build_id_size);
    assert_memory_equal(module->build_id, wanted.build_id, 20);
    assert_is_file(wanted.loaded, path_of((const void *)wanted.bias + 4096));
}

static void addresses_in_no_module(void **state)
{
    int local = 0;
    char *block = calloc(1, 100);
    assert_null(module_of(&local));
    assert_null(module_of(block));
    assert_null(module_of((const void *)16));
    assert_string_equal(path_of(block), "");
    free(block);
}

static void each_module_once(void **state)
{
    uint64_t count = trace_log_modules.count;
    for (int i = 0; i < 10; i++)
        assert_ptr_equal(module_of((const void *)set_up),
                         module_of((const char *)(uintptr_t)set_up + 1));
    assert_int_equal(trace_log_modules.count, count);
    for (uint64_t i = 1; i < count; i++)
        for (uint64_t k = 1; k < i; k++) {
            const struct trace_module *a = chunk_table_at(&trace_log_modules, i);
            const struct trace_module *b = chunk_table_at(&trace_log_modules, k);
            assert_true(a->end <= b->start || b->end <= a->start);
        }
}

static unsigned told_gone;
static void note_gone(uintptr_t begin, uintptr_t end)
{
    assert_true(begin < end);
    told_gone++;
}
static bool refresh(void)
{
    told_gone = 0;
    module_list_refresh(note_gone);
    return told_gone > 0;
}

static void a_library_comes_and_goes(void **state)
{
    assert_false(refresh());
    for (int round = 0; round < 2; round++) {
        void *library = dlopen(LIBRARY, RTLD_LAZY);
        void *symbol = library ? dlsym(library, "__ctype_get_mb_cur_max") : NULL;
        assert_non_null(symbol);
        const struct trace_module *module = module_of(symbol);
        assert_non_null(module);
        struct link_map *map;
        assert_int_equal(dlinfo(library, RTLD_DI_LINKMAP, &map), 0);
        assert_is_file(map->l_name, path_of(symbol));
        assert_int_equal(module->unmapped_ns, 0);
        assert_false(refresh());
        dlclose(library);
        assert_true(refresh());
        assert_true(module->unmapped_ns > 0);
        assert_null(module_of(symbol));
        assert_false(refresh()); /* once is enough */
    }
}

static void a_short_buffer_gets_the_beginning(void **state)
{
    char path[5];
    assert_int_equal(module_list_path((uintptr_t)set_up, path, sizeof path), 4);
    assert_memory_equal(path, path_of((const void *)set_up), 4);
    assert_int_equal(path[4], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_program_itself),
        cmocka_unit_test(a_library_with_its_build_id),
        cmocka_unit_test(addresses_in_no_module),
        cmocka_unit_test(each_module_once),
        cmocka_unit_test(a_library_comes_and_goes),
        cmocka_unit_test(a_short_buffer_gets_the_beginning),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
