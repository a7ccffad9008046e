/* The file that holds an address: glibc's answer, and that of the walk for an older glibc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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

/* Its header is gone, its entry is still there: so it stays in a child that was forked then. */
static void others_are_found_while_a_file_goes(void **state)
{
    struct loaded_object object;
    struct link_map *first = _r_debug.r_map;
    void *gone = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct link_map going = {.l_addr = (uintptr_t)gone, .l_next = first};
    munmap(gone, 4096);
    _r_debug.r_map = &going;
    _r_debug.r_state = RT_DELETE;
    bool own = loaded_object_walk((uintptr_t)&in_the_program, &object);
    bool libcs = loaded_object_walk((uintptr_t)stdout, &object);
    bool nobodys = loaded_object_walk((uintptr_t)&object, &object);
    bool gones = loaded_object_walk((uintptr_t)gone, &object) && object.map == &going;
    _r_debug.r_map = first;
    for (const struct link_map *map = first; map; map = map->l_next)
        assert_the_walk_agrees((uintptr_t)map->l_ld);
    _r_debug.r_state = RT_CONSISTENT;
    assert_true(own && libcs);
    assert_false(nobodys || gones);
}

static void an_entry_that_is_gone_ends_the_search(void **state)
{
    struct loaded_object object;
    struct link_map *first = _r_debug.r_map, going = {.l_addr = 64, .l_next = (void *)64};
    _r_debug.r_map = &going;
    _r_debug.r_state = RT_DELETE;
    bool found = loaded_object_walk((uintptr_t)stdout, &object);
    _r_debug.r_state = RT_CONSISTENT;
    _r_debug.r_map = first;
    assert_false(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_loaded_file_is_found),
        cmocka_unit_test(code_and_data_of_program_and_libraries),
        cmocka_unit_test(memory_of_no_file_is_in_none),
        cmocka_unit_test(others_are_found_while_a_file_goes),
        cmocka_unit_test(an_entry_that_is_gone_ends_the_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
