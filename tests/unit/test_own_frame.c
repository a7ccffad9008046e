/* own_frame: which functions stand in malloc's place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "judge/own_frame.h"

static void wrappers_are_known_by_their_names(void **state)
{
    static const char *const names[] = {"xmalloc",
                                        "zmalloc",
                                        "zmalloc_usable",
                                        "ztrymalloc_usable",
                                        "g_malloc0",
                                        "g_malloc_n",
                                        "__libc_malloc",
                                        "emalloc",
                                        "ckalloc",
                                        "safe_realloc",
                                        "av_calloc",
                                        "je_malloc",
                                        "xstrdup",
                                        "g_memdup",
                                        "g_strndup",
                                        "Malloc",
                                        "xmalloc(unsigned long)",
                                        "xmalloc.part.0",
                                        "alloc"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!own_frame_is_wrapper(names[i]))
            fail_msg("%s is none", names[i]);
}

static void others_are_none(void **state)
{
    static const char *const names[] = {
        "main",
        "session_alloc",
        "malloc_stats",
        "allocate",
        "mallocate",
        "load_realloc_table",
        "reallocation",
        "Perl_sv_grow",
        "",
        "_",
        "strdup_all",
        "std::vector<malloc>::f()",
        "a_name_that_is_longer_than_any_that_a_wrapper_of_malloc_would_ever_have_xmalloc"};

    (void)state;
    assert_false(own_frame_is_wrapper(NULL));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (own_frame_is_wrapper(names[i]))
            fail_msg("%s is one", names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrappers_are_known_by_their_names),
        cmocka_unit_test(others_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
