/* What names of functions say of what they allocate. */
#include "symbols/type_call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static void a_name_of_an_allocator_has_the_type(void **state)
{
    (void)state;
    char *name = type_call_name("std::__new_allocator<std::pair<int, A<2> > >::allocate(unsigned "
                                "long, void const*)");
    assert_string_equal("std::pair<int, A<2> >", name);
    free(name);
    assert_null(type_call_name("std::__new_allocator<int>::deallocate(int*, unsigned long)"));
    assert_null(type_call_name("my::allocator<int>::allocate(unsigned long)"));
}

static void what_rusts_collections_share_says_nothing_and_passes(void **state)
{
    (void)state;
    assert_true(type_call_passes("<alloc::raw_vec::RawVecInner>::try_allocate_in"));
    assert_true(type_call_passes("alloc::raw_vec::finish_grow"));
    assert_true(type_call_passes("alloc::alloc::exchange_malloc"));
    assert_true(type_call_passes("__rust_alloc"));
    assert_false(type_call_passes("alloc::fmt::format::format_inner"));
    assert_false(type_call_passes("my::alloc::alloc::get"));
    assert_false(type_call_passes("main"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_of_an_allocator_has_the_type),
        cmocka_unit_test(what_rusts_collections_share_says_nothing_and_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
