#include "os/exec_target.h"

#include "scratch.h"

#include <elf.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

/* A program file: its header, and one part that names its loader, if it has one. */
struct image {
    Elf64_Ehdr header;
    Elf64_Phdr part;
    char loader[64];
};

static struct image program(const char *loader)
{
    struct image image = {
        .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                   .e_type = ET_DYN,
                   .e_machine = EM_X86_64,
                   .e_phoff = sizeof(Elf64_Ehdr),
                   .e_phentsize = sizeof(Elf64_Phdr),
                   .e_phnum = 1},
        .part = {.p_type = loader ? PT_INTERP : PT_LOAD,
                 .p_offset = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr)}};
    if (loader) {
        strcpy(image.loader, loader);
        image.part.p_filesz = strlen(loader) + 1;
    }
    return image;
}

static void put(const char *name, const void *bytes, size_t count)
{
    FILE *file = fopen(scratch_path(name), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    fclose(file);
    chmod(scratch_path(name), 0755);
}

static enum exec_target look(const char *name)
{
    return exec_target_look(AT_FDCWD, scratch_path(name), 0);
}

static enum exec_target look_at(const struct image *image)
{
    put("program", image, sizeof *image);
    return look("program");
}

static enum exec_target look_at_loader(const char *loader)
{
    struct image image = program(loader);
    return look_at(&image);
}

static void loaders_of_glibc(void **state)
{
    assert_int_equal(look_at_loader("/lib64/ld-linux-x86-64.so.2"), EXEC_TARGET_ORDINARY);
    assert_int_equal(look_at_loader("/gnu/store/xyz-glibc/lib/ld-linux-x86-64.so.2"),
                     EXEC_TARGET_ORDINARY);
    assert_int_equal(look_at_loader("/opt/lib/ld-2.31.so"), EXEC_TARGET_ORDINARY);
    assert_int_equal(symlink("/lib64/ld-linux-x86-64.so.2", scratch_path("ld")), 0);
    assert_int_equal(look_at_loader(scratch_path("ld")), EXEC_TARGET_ORDINARY);
    unlink(scratch_path("ld"));
}

static void other_loaders(void **state)
{
    assert_int_equal(look_at_loader("/lib/ld-musl-x86_64.so.1"), EXEC_TARGET_OTHER_LIBRARY);
    assert_int_equal(look_at_loader("/system/bin/linker64"), EXEC_TARGET_OTHER_LIBRARY);
    assert_int_equal(look_at_loader(NULL), EXEC_TARGET_STATIC);
}

static void other_processors(void **state)
{
    struct image image = program("/lib/ld-linux-aarch64.so.1");
    image.header.e_machine = EM_AARCH64;
    assert_int_equal(look_at(&image), EXEC_TARGET_OTHER_PROCESSOR);
    image = program("/lib64/ld-linux-x86-64.so.2");
    image.header.e_ident[EI_CLASS] = ELFCLASS32;
    assert_int_equal(look_at(&image), EXEC_TARGET_OTHER_PROCESSOR);
}

/* A loader is itself static. */
static void loaders_that_are_run(void **state)
{
    struct image image = program(NULL);
    put("ld-musl-x86_64.so.1", &image, sizeof image);
    put("ld-linux-x86-64.so.2", &image, sizeof image);
    assert_int_equal(look("ld-musl-x86_64.so.1"), EXEC_TARGET_OTHER_LIBRARY);
    assert_int_equal(look("ld-linux-x86-64.so.2"), EXEC_TARGET_ORDINARY);
}

static void scripts_are_their_interpreters(void **state)
{
    char text[600];
    struct image image = program("/lib/ld-musl-x86_64.so.1");
    put("program", &image, sizeof image);
    snprintf(text, sizeof text, "#! \t%s -x\nrest", scratch_path("program"));
    put("script", text, strlen(text));
    snprintf(text, sizeof text, "#!%s\n", scratch_path("script"));
    put("outer", text, strlen(text));
    assert_int_equal(look("outer"), EXEC_TARGET_OTHER_LIBRARY);
    snprintf(text, sizeof text, "#!%s\n", scratch_path("endless"));
    put("endless", text, strlen(text));
    assert_int_equal(look("endless"), EXEC_TARGET_ORDINARY);
}

static void damaged_files_are_ordinary_or_closed(void **state)
{
    struct image image = program("/lib/ld-musl-x86_64.so.1");
    for (size_t cut = 0; cut < sizeof image.header; cut++) {
        put("program", &image, cut);
        assert_int_equal(look("program"), EXEC_TARGET_ORDINARY);
    }
    image.header.e_phoff = UINT64_MAX - 8;
    image.header.e_phnum = 0xffff;
    assert_int_equal(look_at(&image), EXEC_TARGET_STATIC);
    image = program("/lib/ld-musl-x86_64.so.1");
    image.part.p_filesz = UINT64_MAX;
    assert_int_equal(look_at(&image), EXEC_TARGET_STATIC);
    assert_int_equal(look("nowhere"), EXEC_TARGET_ORDINARY);
    assert_int_equal(exec_target_look(AT_FDCWD, (const char *)8, 0), EXEC_TARGET_ORDINARY);
    assert_int_equal(exec_target_look(-1, "", AT_EMPTY_PATH), EXEC_TARGET_ORDINARY);
}

static void names_are_looked_for_in_path(void **state)
{
    char list[1200], folder[600], path[EXEC_TARGET_PATH];
    struct image image = program("/lib/ld-musl-x86_64.so.1");
    snprintf(folder, sizeof folder, "%s", scratch_path(""));
    snprintf(list, sizeof list, "/nowhere::%s:/bin", folder);
    put("sh", &image, sizeof image);
    assert_int_equal(exec_target_look_in_path("sh", list, path), EXEC_TARGET_OTHER_LIBRARY);
    assert_string_equal(path, scratch_path("/sh"));
    chmod(scratch_path("sh"), 0644); /* is passed over */
    assert_int_equal(exec_target_look_in_path("sh", list, path), EXEC_TARGET_ORDINARY);
    assert_int_equal(exec_target_look_in_path("sh", NULL, path), EXEC_TARGET_ORDINARY);
    chmod(scratch_path("sh"), 0755);
    assert_int_equal(exec_target_look_in_path(scratch_path("sh"), "/bin", path),
                     EXEC_TARGET_OTHER_LIBRARY);
    assert_int_equal(exec_target_look_in_path("", list, path), EXEC_TARGET_ORDINARY);
}

static void what_cannot_be_traced_has_a_reason(void **state)
{
    assert_int_equal(exec_target_obstacle(EXEC_TARGET_ORDINARY), TRACE_FOLLOWED);
    assert_int_equal(exec_target_obstacle(EXEC_TARGET_RIGHTS), TRACE_UNFOLLOWED_RIGHTS);
    for (int target = EXEC_TARGET_STATIC; target <= EXEC_TARGET_SKIPPED; target++) {
        assert_non_null(trace_unfollowed_text(exec_target_obstacle(target)));
        assert_true(exec_target_is_hurt(target) != exec_target_is_deaf(target));
    }
    assert_false(exec_target_is_hurt(EXEC_TARGET_ORDINARY));
    assert_false(exec_target_is_deaf(EXEC_TARGET_ORDINARY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loaders_of_glibc),
        cmocka_unit_test(other_loaders),
        cmocka_unit_test(other_processors),
        cmocka_unit_test(loaders_that_are_run),
        cmocka_unit_test(scripts_are_their_interpreters),
        cmocka_unit_test(damaged_files_are_ordinary_or_closed),
        cmocka_unit_test(names_are_looked_for_in_path),
        cmocka_unit_test(what_cannot_be_traced_has_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
