#include "os/loaded_file.h"
#include "libc/real.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static const struct link_map *libc_file(void)
{
    for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next)
        if (strstr(map->l_name, "libc.so.6"))
            return map;
    return NULL;
}

static void a_file_is_known_by_its_header(void **state)
{
    struct loaded_file file;
    assert_true(loaded_file_at(libc_file()->l_addr, &file));
    assert_true(file.count > 3);
    assert_false(loaded_file_at(0, &file));
    assert_false(loaded_file_at((uintptr_t) "no header here", &file));
}

/* A word of the loader's that nobody may write any more is written, and may not be afterwards. */
static void words_are_written_where_nobody_may(void **state)
{
    struct loaded_file file;
    assert_true(loaded_file_at(_r_debug.r_ldbase, &file));
    for (unsigned i = 0; i < file.count; i++)
        if (file.segments[i].p_type == PT_GNU_RELRO) {
            void **word = (void **)((file.base + file.segments[i].p_vaddr + 7) & ~(uintptr_t)7);
            void *before = *word;
            int pipe_ends[2];
            assert_true(loaded_file_write(&file, word, &file));
            assert_ptr_equal(*word, &file);
            assert_true(loaded_file_write(&file, word, before));
            /* The kernel writes only where the process may. */
            assert_int_equal(pipe(pipe_ends), 0);
            assert_int_equal(write(pipe_ends[1], "12345678", 8), 8);
            assert_int_equal(read(pipe_ends[0], word, 8), -1);
            return;
        }
    fail_msg("the loader has no RELRO");
}

static bool count_getpid(void *context, const char *symbol, void **slot)
{
    if (strcmp(symbol, "getpid") == 0 && *slot == dlsym(RTLD_DEFAULT, "getpid"))
        ++*(int *)context;
    return false;
}

static bool end_at_once(void *context, const char *symbol, void **slot)
{
    (void)symbol, (void)slot;
    ++*(int *)context;
    return true;
}

static void slots_of_this_program(void **state)
{
    const struct link_map *self = _r_debug.r_map;
    int count = 0;
    assert_true(getpid() > 0); /* so that the slot is filled */
    assert_false(loaded_file_visit(self->l_addr, self->l_ld, count_getpid, &count));
    assert_int_equal(count, 1);
    count = 0;
    assert_true(loaded_file_visit(self->l_addr, self->l_ld, end_at_once, &count));
    assert_int_equal(count, 1);
}

/* This one the loader would find first. */
int on_exit(void (*function)(int, void *), void *argument)
{
    (void)function, (void)argument;
    return -1;
}

static void names_are_found_in_libc_itself(void **state)
{
    void *found = (void *)real_libc()->on_exit;
    Dl_info info;
    assert_ptr_not_equal(found, (void *)on_exit);
    assert_true(dladdr(found, &info));
    assert_non_null(strstr(info.dli_fname, "libc.so.6"));
    assert_ptr_equal(real_find_in(libc_file(), "fork"), (void *)real_libc()->fork);
    assert_null(real_find_in(libc_file(), "no_such_function"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_known_by_its_header),
        cmocka_unit_test(words_are_written_where_nobody_may),
        cmocka_unit_test(slots_of_this_program),
        cmocka_unit_test(names_are_found_in_libc_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
