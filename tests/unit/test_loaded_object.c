/* The file that holds an address: glibc's answer, and that of the walk for an older glibc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libc/loaded_object.h"

static int in_the_program = 1;

static void assert_the_walk_agrees(uintptr_t address)
{
    struct loaded_object found = {0}, walked = {0};
    assert_true(loaded_object_find(address, &found));
    assert_true(loaded_object_walk(address, &walked));
    assert_int_equal(walked.start, found.start);
    assert_int_equal(walked.end, found.end);
    assert_ptr_equal(walked.map, found.map);
    assert_true(address >= found.start && address < found.end);
}

static void every_loaded_file_is_found(void **state)
{
    unsigned files = 0;
    for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next, files++)
        assert_the_walk_agrees((uintptr_t)map->l_ld);
    assert_true(files >= 4); /* this program, libcmocka, libc, ld.so */
}

static void code_and_data_of_program_and_libraries(void **state)
{
    assert_the_walk_agrees((uintptr_t)assert_the_walk_agrees);
    assert_the_walk_agrees((uintptr_t)&in_the_program);
    assert_the_walk_agrees((uintptr_t)dlsym(RTLD_DEFAULT, "printf"));
    assert_the_walk_agrees((uintptr_t)stdout);
}

static void memory_of_no_file_is_in_none(void **state)
{
    struct loaded_object object;
    void *block = malloc(10);
    assert_false(loaded_object_find((uintptr_t)block, &object));
    assert_false(loaded_object_walk((uintptr_t)block, &object));
    assert_false(loaded_object_walk((uintptr_t)&block, &object));
    assert_false(loaded_object_walk(0, &object));
    free(block);
}

static void nothing_is_looked_up_while_a_file_goes(void **state)
{
    struct loaded_object object;
    _r_debug.r_state = RT_DELETE;
    bool found = loaded_object_walk((uintptr_t)&in_the_program, &object);
    _r_debug.r_state = RT_CONSISTENT;
    assert_false(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_loaded_file_is_found),
        cmocka_unit_test(code_and_data_of_program_and_libraries),
        cmocka_unit_test(memory_of_no_file_is_in_none),
        cmocka_unit_test(nothing_is_looked_up_while_a_file_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
