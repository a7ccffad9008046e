/* Names, files and lines, looked up in this test program itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols/below_main.h"
#include "base/memory.h"
#include "symbols/symbolize.h"
#include "words/words_note.h"

static struct model model;
static struct module_cache *modules;
static struct symbolizer *symbolizer;
static char self[4096];
static uint64_t bias;
int test_symbolize_variable[16] = {1};

static int find_program(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    bias = info->dlpi_addr;
    return 1;
}

/* A model with this program as module 1. */
static int make_model(void **state)
{
    dl_iterate_phdr(find_program, NULL);
    self[readlink("/proc/self/exe", self, sizeof self - 1)] = 0;
    model_init(&model, "trace.log");
    model.module_count = 2;
    model.modules = memory_zeroed(2, sizeof *model.modules);
    model.modules[1] = (struct module){.path = memory_text("%s", self),
                                       .start = bias,
                                       .end = UINT64_MAX,
                                       .bias = bias,
                                       .present = true};
    modules = module_cache_new(true);
    symbolizer = NULL;
    return 0;
}

static int drop_model(void **state)
{
    symbolize_end(symbolizer);
    model_free(&model);
    module_cache_free(modules);
    return 0;
}

static const struct frame *look_up(void *address, uint32_t module)
{
    uint32_t number = model_put_frame(&model, (uint64_t)(uintptr_t)address, module);

    if (!symbolizer)
        symbolizer = symbolize_begin(&model, modules, NULL);
    symbolize_frame(symbolizer, number);
    return &model.frames[number];
}

__attribute__((noinline, noclone)) static void *return_address(void)
{
    __asm__ volatile("");
    return __builtin_return_address(0);
}

enum { CALL_LINE = __LINE__ + 3, INLINE_LINE = __LINE__ + 8 };
static inline __attribute__((always_inline)) void *inlined_function(void)
{
    void *volatile address = return_address();
    return address;
}
__attribute__((noinline, noclone)) static void *outer_function(void)
{
    void *volatile address = inlined_function();
    return address;
}

static void inlined_functions_come_innermost_first(void **state)
{
    const struct frame *frame = look_up(outer_function(), 1);

    assert_int_equal(frame->position_count, 2);
    assert_string_equal(frame->positions[0].function, "inlined_function");
    assert_string_equal(frame->positions[1].function, "outer_function");
    assert_string_equal(frame->positions[0].file, "test_symbolize.c");
    assert_int_equal(frame->positions[0].line, CALL_LINE);
    assert_int_equal(frame->positions[1].line, INLINE_LINE);
    assert_int_equal(frame->positions[0].path[0], '/');
    assert_non_null(strstr(frame->positions[0].path, "/tests/unit/test_symbolize.c"));
    assert_int_equal(below_main_judge(frame), BELOW_MAIN_NO);
}

static jmp_buf back;
static void *last_address;

__attribute__((noinline, noclone, noreturn)) static void note_and_jump(void)
{
    last_address = __builtin_return_address(0);
    longjmp(back, 1);
}

__attribute__((noinline, noclone, noreturn)) static void ends_in_a_call(void)
{
    __asm__ volatile("");
    note_and_jump();
}

/* Then the return address is the next function's first byte, or lies between the two. */
static void call_at_the_very_end_of_a_function_belongs_to_it(void **state)
{
    if (setjmp(back) == 0)
        ends_in_a_call();
    const struct frame *frame = look_up(last_address, 1);

    assert_string_equal(frame->positions[frame->position_count - 1].function, "ends_in_a_call");
}

static void address_outside_of_all_modules_has_no_name(void **state)
{
    const struct frame *frame = look_up(outer_function(), 0);

    assert_int_equal(frame->position_count, 1);
    assert_null(frame->positions[0].function);
    assert_null(frame->positions[0].file);
}

static void address_in_no_function_has_no_name(void **state)
{
    const struct frame *frame = look_up((void *)(uintptr_t)(bias + 2), 1);

    assert_int_equal(frame->position_count, 1);
    assert_null(frame->positions[0].function);
}

static void variable_is_named_with_the_place_in_it(void **state)
{
    uint64_t inside = 0;

    symbolizer = symbolize_begin(&model, modules, NULL);
    const char *name =
        symbolize_data(symbolizer, (uint64_t)(uintptr_t)&test_symbolize_variable[3], &inside);
    assert_string_equal(name, "test_symbolize_variable");
    assert_int_equal(inside, 3 * sizeof(int));
}

static void expect_only_a_note(const char *text)
{
    const struct frame *frame = look_up(outer_function(), 1);

    assert_int_equal(frame->position_count, 1);
    assert_null(frame->positions[0].function);
    symbolize_note(symbolizer);
    assert_int_equal(model.note_count, 1);
    char *sentence = words_note(&model.notes[0]);
    assert_non_null(strstr(sentence, text));
    free(sentence);
}

static void set_path(const char *path)
{
    free(model.modules[1].path);
    model.modules[1].path = memory_text("%s", path);
}

static void file_of_another_build_is_not_used(void **state)
{
    model.modules[1].build_id_size = 20;
    model.modules[1].build_id[0] = 0xab;
    expect_only_a_note("(build id ab00000000000000000000000000000000000000) is a different build");
}

static void missing_module_is_noted_with_its_build_id(void **state)
{
    model.modules[1].build_id_size = 3;
    memcpy(model.modules[1].build_id, "\001\002\377", 3);
    set_path("/none/module");
    expect_only_a_note("/none/module (build id 0102ff) could not be found");
}

static void file_that_is_no_elf_file_is_noted(void **state)
{
    set_path("/proc/self/status");
    expect_only_a_note("cannot be read as an ELF file");
}

/* Opening it would wait for a writer, or wake one. */
static void pipe_is_not_opened_as_a_module(void **state)
{
    char folder[] = "/tmp/test_symbolize_XXXXXX", path[64];
    struct inotify_event event;

    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/pipe", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    assert_true(inotify_add_watch(watch, path, IN_OPEN) >= 0);
    set_path(path);
    alarm(20);
    expect_only_a_note("could not be found");
    alarm(0);
    assert_int_equal(read(watch, &event, sizeof event), -1);
    close(watch);
    unlink(path);
    rmdir(folder);
}

static void relative_path_is_not_opened_as_a_module(void **state)
{
    set_path("test_symbolize");
    expect_only_a_note("could not be found");
}

static void two_modules_of_one_file(void **state)
{
    uint64_t offset = (uint64_t)(uintptr_t)outer_function + 1 - bias;

    model.modules = memory_resized(model.modules, 3, sizeof *model.modules);
    model.modules[2] = model.modules[1];
    model.modules[2].path = memory_text("/proc/self/root/%s", self);
    model.modules[2].bias = 0x1000000;
    model.module_count = 3;
    assert_string_equal(look_up(outer_function + 1, 1)->positions[0].function, "outer_function");
    const struct frame *frame = look_up((void *)(uintptr_t)(0x1000000 + offset), 2);
    assert_string_equal(frame->positions[frame->position_count - 1].function, "outer_function");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_model, drop_model)
    const struct CMUnitTest tests[] = {
        TEST(inlined_functions_come_innermost_first),
        TEST(call_at_the_very_end_of_a_function_belongs_to_it),
        TEST(address_outside_of_all_modules_has_no_name),
        TEST(address_in_no_function_has_no_name),
        TEST(variable_is_named_with_the_place_in_it),
        TEST(file_of_another_build_is_not_used),
        TEST(missing_module_is_noted_with_its_build_id),
        TEST(file_that_is_no_elf_file_is_noted),
        TEST(pipe_is_not_opened_as_a_module),
        TEST(relative_path_is_not_opened_as_a_module),
        TEST(two_modules_of_one_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
