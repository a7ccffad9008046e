/* Modules that many logs have in common: opened once, and not all kept open for ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "symbols/module_cache.h"

static struct module_cache *cache;
static char self[4096];

static int begin(void **state)
{
    self[readlink("/proc/self/exe", self, sizeof self - 1)] = 0;
    cache = module_cache_new(true);
    return 0;
}

static int end(void **state)
{
    module_cache_free(cache);
    return 0;
}

static unsigned open_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    unsigned count = 0;

    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* The log does not say which build it was: this program will do. */
static struct module module_of(char *path)
{
    return (struct module){.path = path, .end = UINT64_MAX, .present = true};
}

static void equal_modules_are_one_file(void **state)
{
    char *path = memory_text("%s", self);
    struct module one = module_of(self), other = module_of(path);

    assert_false(module_cache_has(cache, &one, true));
    struct module_symbols *symbols = module_cache_get(cache, &one, true);
    assert_int_equal(symbols->file.state, MODULE_FILE_FOUND);
    assert_true(module_cache_has(cache, &other, true));
    assert_ptr_equal(module_cache_get(cache, &other, true), symbols);
    free(path);
}

static void other_builds_and_other_wants_are_other_files(void **state)
{
    struct module one = module_of(self), other = module_of(self);

    other.build_id_size = 20;
    memset(other.build_id, 7, 20);
    struct module_symbols *symbols = module_cache_get(cache, &one, true);
    assert_int_equal(module_cache_get(cache, &other, true)->file.state, MODULE_FILE_OTHER);
    assert_ptr_not_equal(module_cache_get(cache, &one, false), symbols);
    assert_ptr_equal(module_cache_get(cache, &one, true), symbols);
}

static void address_is_looked_up_once(void **state)
{
    struct module one = module_of(self);
    struct module_symbols *symbols = module_cache_get(cache, &one, true);

    const struct position *positions = module_symbols_call(symbols, 0x1234)->positions;
    module_symbols_call(symbols, 0x1235);
    assert_ptr_equal(module_symbols_call(symbols, 0x1234)->positions, positions);
    assert_int_equal(symbols->addresses.count, 2);
}

/* A library that is loaded again and again is a module each time; a log may name it in many ways.
 */
static void many_names_of_one_file_are_one_file(void **state)
{
    struct module one = module_of(self);
    struct module_symbols *symbols = module_cache_get(cache, &one, true);
    unsigned before = open_files();

    for (int i = 0; i < 300; i++) {
        char slashes[301];

        memset(slashes, '/', (size_t)i);
        slashes[i] = 0;
        char *path = memory_text("/proc/self/root%s%s", slashes, self);
        struct module module = module_of(path);
        assert_ptr_equal(module_cache_get(cache, &module, true), symbols);
        free(path);
    }
    assert_int_equal(open_files(), before);
}

static void copy_self(const char *path)
{
    struct stat status;
    int from = open(self, O_RDONLY | O_CLOEXEC);
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_int_equal(fstat(from, &status), 0);
    /* copy_file_range does not go from one filesystem to another. */
    assert_int_equal(sendfile(to, from, NULL, (size_t)status.st_size), status.st_size);
    close(from);
    close(to);
}

/* More copies of this program than may stay open, as logs of as many programs would have them. */
static void open_files_are_bounded(void **state)
{
    char folder[] = "/tmp/test_module_cache_XXXXXX";
    unsigned before = open_files();

    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < MODULE_CACHE_MAX + 20; i++) {
        char *path = memory_text("%s/%d", folder, i);
        struct module module = module_of(path);

        copy_self(path);
        assert_int_equal(module_cache_get(cache, &module, true)->file.state, MODULE_FILE_FOUND);
        module_cache_trim(cache);
        free(path);
    }
    assert_in_range(open_files(), before + MODULE_CACHE_MAX, before + 2 * MODULE_CACHE_MAX);
    for (int i = 0; i < MODULE_CACHE_MAX + 20; i++) {
        char *path = memory_text("%s/%d", folder, i);

        unlink(path);
        free(path);
    }
    rmdir(folder);
}

static struct module missing_module(uint8_t build)
{
    struct module module = module_of((char *)"/proc/self/no-such");

    module.build_id_size = 1;
    module.build_id[0] = build;
    return module;
}

static void file_in_use_is_not_the_one_that_is_closed(void **state)
{
    struct module used = module_of(self), first = missing_module(0);
    struct module_symbols *symbols = module_cache_get(cache, &used, true);

    for (uint8_t i = 0; i < 100; i++) {
        struct module missing = missing_module(i);

        module_cache_get(cache, &missing, true);
        module_cache_get(cache, &used, true);
        module_cache_trim(cache);
    }
    assert_true(module_cache_has(cache, &used, true));
    assert_ptr_equal(module_cache_get(cache, &used, true), symbols);
    assert_false(module_cache_has(cache, &first, true));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(equal_modules_are_one_file), TEST(other_builds_and_other_wants_are_other_files),
        TEST(address_is_looked_up_once),  TEST(many_names_of_one_file_are_one_file),
        TEST(open_files_are_bounded),     TEST(file_in_use_is_not_the_one_that_is_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
