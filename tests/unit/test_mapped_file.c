#include "os/mapped_file.h"

#include "scratch.h"

#include <dlfcn.h>
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <fcntl.h>
#include <cmocka.h>

static struct mapped_file file;

static const char *path(void)
{
    static char text[MAPPED_FILE_PATH + 1];
    memcpy(text, file.path, file.length);
    text[file.length] = '\0';
    return text;
}

static void expect_file(const char *name)
{
    struct stat status;
    assert_string_equal(path(), name);
    assert_int_equal(stat(name, &status), 0);
    assert_int_equal(file.size, status.st_size);
    assert_int_equal(file.inode, status.st_ino);
    assert_int_equal(file.time_ns, status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec);
}

static bool find_object(const void *address)
{
    Dl_info info;
    assert_true(dladdr(address, &info) != 0);
    return mapped_file_find(&file, (uintptr_t)info.dli_fbase, UINTPTR_MAX);
}

static void the_program_and_a_library(void **state)
{
    char self[4096] = "";
    assert_true(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
    assert_true(find_object((const void *)find_object));
    expect_file(self);
    Dl_info info;
    assert_true(dladdr((const void *)puts, &info) != 0);
    char *libc = realpath(info.dli_fname, NULL);
    assert_non_null(libc);
    assert_true(find_object((const void *)puts));
    expect_file(libc);
    free(libc);
}

static void the_vdso_has_a_name_and_no_file(void **state)
{
    uintptr_t vdso = getauxval(AT_SYSINFO_EHDR);
    if (!vdso) /* valgrind hides it */
        skip();
    assert_true(mapped_file_find(&file, vdso, vdso + 4096));
    assert_string_equal(path(), "[vdso]");
    assert_int_equal(file.size, 0);
}

/* No ELF object, or one whose mapping has become one with its neighbour: by the text of maps. */
static uintptr_t map(const char *name)
{
    scratch_write(name, "some text");
    int fd = open(name, O_RDONLY);
    void *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    assert_true(at != MAP_FAILED);
    return (uintptr_t)at;
}

static bool find_mapping(uintptr_t at)
{
    memset(&file, 0xee, sizeof file);
    return mapped_file_find(&file, at, at + 4096);
}

static void a_file_without_a_header(void **state)
{
    const char *name = scratch_path("plain file");
    assert_true(find_mapping(map(name)));
    expect_file(name);
}

static void a_file_that_was_removed_or_replaced(void **state)
{
    const char *name = scratch_path("gone");
    uintptr_t at = map(name);
    assert_int_equal(unlink(name), 0);
    assert_true(find_mapping(at));
    assert_string_equal(path(), name);
    assert_int_equal(file.size, 0);
    scratch_write(name, "another one");
    assert_true(find_mapping(at));
    assert_string_equal(path(), name);
    assert_int_equal(file.size, 0);
}

static void a_file_that_is_called_deleted(void **state)
{
    const char *name = scratch_path("it (deleted)");
    assert_true(find_mapping(map(name)));
    expect_file(name);
}

static void memory_of_no_file(void **state)
{
    void *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_false(find_mapping((uintptr_t)at));
}

static void by_the_loaders_name(void **state)
{
    char self[4096] = "";
    assert_true(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
    mapped_file_guess(&file, "");
    expect_file(self);
    const char *name = scratch_path("real"), *link = scratch_path("link");
    scratch_write(name, "x");
    assert_int_equal(symlink(name, link), 0);
    mapped_file_guess(&file, link);
    expect_file(name);
    mapped_file_guess(&file, "/none/such.so");
    assert_string_equal(path(), "/none/such.so");
    assert_int_equal(file.size, 0);
    mapped_file_guess(&file, "linux-vdso.so.1");
    assert_string_equal(path(), "linux-vdso.so.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_program_and_a_library),
        cmocka_unit_test(the_vdso_has_a_name_and_no_file),
        cmocka_unit_test(a_file_without_a_header),
        cmocka_unit_test(a_file_that_was_removed_or_replaced),
        cmocka_unit_test(a_file_that_is_called_deleted),
        cmocka_unit_test(memory_of_no_file),
        cmocka_unit_test(by_the_loaders_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
