/* Names get short, and nothing that tells two functions apart is lost in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/short_name.h"

struct name {
    const char *whole, *brief;
};

static void is_shortened(void **state)
{
    static const struct name names[] = {
        {"malloc", "malloc"},
        {"std::vector<int>::push_back(int const&)", "std::vector<int>::push_back(int const&)"},
        {"std::vector<std::pair<int, long>, std::allocator<std::pair<int, long> > >::f(int)",
         "std::vector<...>::f(int)"},
        {"f(std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >, "
         "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >)",
         "f(std::string, std::string)"},
        {"std::map<int, std::vector<a_long_name, another_long_name> >::at(int const&)",
         "std::map<int, std::vector<...> >::at(int const&)"},
        {"A<b_______________________________>::operator<(A const&)", "A<...>::operator<(A const&)"},
        {"bool operator< <abcdefghijklmnopqrstuvwxyz>(A const&, A const&)",
         "bool operator< <...>(A const&, A const&)"},
        {"std::ostream& operator<< <std::char_traits<abcdefghijklm> >(std::ostream&, char)",
         "std::ostream& operator<< <...>(std::ostream&, char)"},
        {"P<abcdefghijklmnopqrstuvwxyz>::operator->() const", "P<...>::operator->() const"},
        {"P<abcdefghijklmnopqrstuvwxyz>::operator()<abcdefghijklmnopqrstuvwxyz>(int) const",
         "P<...>::operator()<...>(int) const"},
        {"P<abcdefghijklmnopqrstuvwxyz>::operator<=>(P const&)", "P<...>::operator<=>(P const&)"},
        {"f<&A::operator>, abcdefghijklmnopqrstuvwxyz>(int)", "f<...>(int)"},
        {"f<((sizeof (int))<(8)), (((7)>(5)))>(int)", "f<...>(int)"},
        {"f<(E)1>(int)", "f<(E)1>(int)"},
        {"auto f<abcdefghijklmnopqrstuvwxyz>(int) -> decltype (g(int))",
         "auto f<...>(int) -> decltype (g(int))"},
        {"main::{lambda(std::vector<abcdefghijklmnopqrstuvwxyz>)#1}::operator()(int) const",
         "main::{lambda(std::vector<...>)#1}::operator()(int) const"},
        {"(anonymous namespace)::f()", "(anonymous namespace)::f()"},
        {"std::string std::operator+<abcdefghijklmnopqrstuvwxyz>(std::string const&)",
         "std::string std::operator+<...>(std::string const&)"},
        {"operatorless<abcdefghijklmnopqrstuvwxyz>::f()", "operatorless<...>::f()"},
        /* Rust */
        {"<alloc::vec::Vec<a_long_type_name, another> as core::iter::traits::Extend>::extend",
         "<alloc::vec::Vec<...> as core::iter::traits::Extend>::extend"},
        {"<<a::B as c::Iterator>::Item as d::Clone>::clone",
         "<<a::B as c::Iterator>::Item as d::Clone>::clone"},
        {"core::ptr::drop_in_place<alloc::boxed::Box<dyn core::any::Any>>",
         "core::ptr::drop_in_place<...>"},
        {"a::b::<abcdefghijklmnopqrstuvwxyz>::c", "a::b::<...>::c"},
        {"core::ops::function::FnOnce::call_once{{vtable.shim}}",
         "core::ops::function::FnOnce::call_once{{vtable.shim}}"},
        /* What is no name of a function. */
        {"f<abcdefghijklmnopqrstuvwxyz", "f<abcdefghijklmnopqrstuvwxyz"},
        {"abcdefghijklmnopqrstuvwxyz>", "abcdefghijklmnopqrstuvwxyz>"},
        {"a(b<abcdefghijklmnopqrstuvwxyz)>", "a(b<abcdefghijklmnopqrstuvwxyz)>"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *brief = short_name(names[i].whole);

        assert_string_equal(brief, names[i].brief);
        free(brief);
    }
}

static void brackets_without_end_are_left(void **state)
{
    char *deep = malloc(100001);

    (void)state;
    memset(deep, '<', 100000);
    deep[100000] = '\0';
    char *brief = short_name(deep);
    assert_string_equal(brief, deep);
    free(brief);
    free(deep);
}

static void begins_behind_what_is_returned(void **state)
{
    static const struct name names[] = {
        {"void std::f<int>(int)", "std::f<int>(int)"},
        {"std::pair<int, long> std::map<int, long>::emplace<int, long>(int&&, long&&)",
         "std::map<int, long>::emplace<int, long>(int&&, long&&)"},
        {"malloc", "malloc"},
        {"f(int, long)", "f(int, long)"},
        {"(anonymous namespace)::f(int, long)", "(anonymous namespace)::f(int, long)"},
        {"int (anonymous namespace)::f<int>(int, long)",
         "(anonymous namespace)::f<int>(int, long)"},
        {"non-virtual thunk to A::f()", "A::f()"},
        {"operator new(unsigned long)", "operator new(unsigned long)"},
        {"A::operator std::string() const", "A::operator std::string() const"},
        {"bool std::operator< <int>(A const&, A const&)",
         "std::operator< <int>(A const&, A const&)"},
        {"<alloc::vec::Vec<T> as core::X>::f", "<alloc::vec::Vec<T> as core::X>::f"},
        {"parse(C&)::{lambda(int)#1} std::for_each<int, parse(C&)::{lambda(int)#1}>(int)",
         "std::for_each<int, parse(C&)::{lambda(int)#1}>(int)"},
        {"parse(C&)::{lambda(int)#1}::operator()(int) const",
         "parse(C&)::{lambda(int)#1}::operator()(int) const"},
        {"A::f(int) const", "A::f(int) const"},
        {"f(int) [clone .cold]", "f(int) [clone .cold]"},
        {"decltype(auto) std::f<int>(int)", "std::f<int>(int)"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(short_name_begin(names[i].whole), names[i].brief);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_shortened),
        cmocka_unit_test(brackets_without_end_are_left),
        cmocka_unit_test(begins_behind_what_is_returned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
