#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "stop/call_number.h"

#define NONE      UINT32_MAX
#define CODE(...) (const unsigned char[]){__VA_ARGS__}, sizeof((const unsigned char[]){__VA_ARGS__})

static uint32_t number_in(const unsigned char *code, size_t length)
{
    uint32_t number = 0;
    return call_number_find(code, length, &number) ? number : NONE;
}

/* poll of every glibc: mov $7,%eax; syscall */
static void number_that_comes_last(void **state)
{
    (void)state;
    assert_int_equal(number_in(CODE(0xb8, 7, 0, 0, 0, 0x0f, 5)), 7);
    assert_int_equal(number_in(CODE(0x48, 0x89, 0xb8, 7, 0, 0, 0, 0xb8, 7, 0, 0, 0, 0x0f, 5)), 7);
}

/* select of 2.31: mov $0x17,%eax; mov 0xc(%rsp),%edi; syscall */
static void number_before_an_argument(void **state)
{
    (void)state;
    assert_int_equal(number_in(CODE(0x90, 0xb8, 0x17, 0, 0, 0, 0x8b, 0x7c, 0x24, 0x0c, 0x0f, 5)),
                     0x17);
}

/* sem_timedwait of 2.31 */
static const unsigned char futex[] = {0xb9, 0xca, 0,    0,    0,          /* mov $0xca,%ecx */
                                      0x45, 0x31, 0xc0,                   /* xor %r8d,%r8d */
                                      0x41, 0x89, 0xc5,                   /* mov %eax,%r13d */
                                      0x81, 0xf6, 0x89, 1,    0,    0,    /* xor $0x189,%esi */
                                      0x49, 0x89, 0xda,                   /* mov %rbx,%r10 */
                                      0x31, 0xd2,                         /* xor %edx,%edx */
                                      0x41, 0xb9, 0xff, 0xff, 0xff, 0xff, /* mov $-1,%r9d */
                                      0x48, 0x89, 0xef,                   /* mov %rbp,%rdi */
                                      0x89, 0xc8,                         /* mov %ecx,%eax */
                                      0x0f, 5};

static void number_by_way_of_another_register(void **state)
{
    (void)state;
    assert_int_equal(number_in(futex, sizeof futex), 0xca);
}

static void changed(size_t at, unsigned char byte)
{
    unsigned char code[sizeof futex];
    memcpy(code, futex, sizeof code);
    code[at] = byte;
    assert_int_equal(number_in(code, sizeof code), NONE);
}

static void what_is_not_understood_has_no_number(void **state)
{
    (void)state;
    changed(0, 0xba);                /* into edx */
    changed(2, 0xca);                /* no system call's number */
    changed(6, 0xff);                /* another instruction */
    changed(sizeof futex - 3, 0xd8); /* mov %ebx,%eax */
    changed(sizeof futex - 1, 0x0b); /* no syscall */
    /* mov $0xe8,%eax; syscall; mov $0x123,%edx; syscall: the second one's number is not there. */
    assert_int_equal(number_in(CODE(0xb8, 0xe8, 0, 0, 0, 0x0f, 5, 0xba, 0x23, 1, 0, 0, 0x0f, 5)),
                     NONE);
    /* mov $7,%r8d; syscall */
    assert_int_equal(number_in(CODE(0x41, 0xb8, 7, 0, 0, 0, 0x0f, 5)), NONE);
    /* mov $7,%eax; xor %eax,%eax; syscall */
    assert_int_equal(number_in(CODE(0xb8, 7, 0, 0, 0, 0x31, 0xc0, 0x0f, 5)), NONE);
    assert_int_equal(number_in(CODE(0x0f, 5)), NONE);
    assert_int_equal(number_in(CODE(5)), NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_that_comes_last),
        cmocka_unit_test(number_before_an_argument),
        cmocka_unit_test(number_by_way_of_another_register),
        cmocka_unit_test(what_is_not_understood_has_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
