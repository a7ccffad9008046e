/* Walks over this test program's own debug information, beside libdw's; and over damaged copies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dwarf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libelf.h>

#include "symbols/die_walk.h"
#include "base/memory.h"
#include "scratch.h"

static unsigned dies; /* seen */

static Dwarf *open_self(void)
{
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    Dwarf *dwarf = dwarf_begin(fd, DWARF_C_READ);

    assert_non_null(dwarf);
    return dwarf;
}

static void expect_die(const struct die_walk *walk, Dwarf_Die *die, unsigned depth)
{
    Dwarf_Die found = die_walk_die(walk);
    Dwarf_Addr base, low, high, found_low, found_high;
    ptrdiff_t ranges = dwarf_ranges(die, 0, &base, &low, &high);

    dies++;
    assert_ptr_equal(walk->at, die->addr);
    assert_int_equal(walk->depth, depth);
    assert_int_equal(die_walk_tag(walk), dwarf_tag(die));
    assert_int_equal(dwarf_dieoffset(&found), dwarf_dieoffset(die));
    assert_int_equal(dwarf_ranges(&found, 0, &base, &found_low, &found_high), ranges);
    if (ranges <= 0)
        return;
    assert_true(die_walk_has_code(walk));
    assert_int_equal(found_low, low);
    assert_int_equal(found_high, high);
}

static void expect_all(struct die_walk *walk, Dwarf_Die *parent, unsigned depth)
{
    Dwarf_Die die;

    if (dwarf_child(parent, &die) != 0)
        return;
    do {
        assert_true(die_walk_next(walk));
        expect_die(walk, &die, depth);
        die_walk_enter(walk);
        expect_all(walk, &die, depth + 1);
    } while (dwarf_siblingof(&die, &die) == 0);
}

/* Each DIE's children by a walk of their own, which enters nothing. */
static void expect_siblings(struct die_unit *unit, Dwarf_Die *parent)
{
    struct die_walk walk = die_walk_begin(unit, parent);
    Dwarf_Die die;

    if (dwarf_child(parent, &die) == 0)
        do {
            assert_true(die_walk_next(&walk));
            expect_die(&walk, &die, 1);
            expect_siblings(unit, &die);
        } while (dwarf_siblingof(&die, &die) == 0);
    assert_false(die_walk_next(&walk));
    assert_false(die_walk_next(&walk));
}

static void each_unit(Dwarf *dwarf, void (*act)(struct die_unit *unit, Dwarf_Die *die))
{
    Dwarf_CU *cu = NULL;
    Dwarf_Die die;

    while (dwarf_get_units(dwarf, cu, &cu, NULL, NULL, &die, NULL) == 0) {
        struct die_unit unit;

        die_unit_begin(&unit, &die);
        act(&unit, &die);
        die_unit_end(&unit);
    }
}

static void compare_all(struct die_unit *unit, Dwarf_Die *die)
{
    struct die_walk walk = die_walk_begin(unit, die);

    expect_all(&walk, die, 1);
    assert_false(die_walk_next(&walk));
    assert_false(die_walk_next(&walk));
}

static void walk_that_enters_everything_sees_each_die_once(void **state)
{
    Dwarf *dwarf = open_self();

    dies = 0;
    each_unit(dwarf, compare_all);
    assert_in_range(dies, 1000, 10000000);
    dwarf_end(dwarf);
}

static void walk_that_enters_nothing_sees_the_siblings(void **state)
{
    Dwarf *dwarf = open_self();

    dies = 0;
    each_unit(dwarf, expect_siblings);
    assert_in_range(dies, 1000, 10000000);
    dwarf_end(dwarf);
}

/* --- damage -------------------------------------------------------------- */

static char *image;
static size_t image_size, info_offset, info_size;

static void read_image(void)
{
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    Elf_Scn *section = NULL;
    size_t names;

    elf_getshdrstrndx(elf, &names);
    while ((section = elf_nextscn(elf, section)) != NULL) {
        Elf64_Shdr *header = elf64_getshdr(section);

        if (strcmp(elf_strptr(elf, names, header->sh_name), ".debug_info") == 0) {
            info_offset = header->sh_offset;
            info_size = header->sh_size;
        }
    }
    elf_end(elf);
    image_size = (size_t)lseek(fd, 0, SEEK_END);
    image = memory_resized(NULL, image_size, 1);
    assert_int_equal(pread(fd, image, image_size, 0), image_size);
    close(fd);
    assert_in_range(info_size, 1000, image_size);
}

/* Wherever it leads, it stays in the unit and ends. */
static void walk_somewhere(struct die_unit *unit, Dwarf_Die *die)
{
    struct die_walk walk = die_walk_begin(unit, die);

    while (die_walk_next(&walk)) {
        assert_true(walk.at > unit->start && walk.at < unit->end);
        assert_in_range(walk.depth, 1, DIE_DEPTH_MAX);
        if (walk.at[0] % 3)
            die_walk_enter(&walk);
        dies++;
    }
}

static void walk_damaged(char *copy, void (*act)(struct die_unit *unit, Dwarf_Die *die))
{
    Elf *elf = elf_memory(copy, image_size);
    Dwarf *dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);

    assert_non_null(dwarf);
    each_unit(dwarf, act);
    dwarf_end(dwarf);
    elf_end(elf);
}

static char *copy_image(void)
{
    char *copy = memory_resized(NULL, image_size, 1);

    return memcpy(copy, image, image_size);
}

static void damaged_units_are_walked_to_some_end(void **state)
{
    uint64_t seed = 7;

    dies = 0;
    for (int round = 0; round < 60; round++) {
        char *copy = copy_image();

        for (int i = 0; i < 40; i++)
            copy[info_offset + scratch_random(&seed) % info_size] = (char)scratch_random(&seed);
        walk_damaged(copy, walk_somewhere);
        free(copy);
    }
    assert_in_range(dies, 60, UINT32_MAX);
}

/* The first one, whose length is wrong. */
static void expect_no_bytes(struct die_unit *unit, Dwarf_Die *die)
{
    struct die_walk walk = die_walk_begin(unit, die);

    if (dies++ > 0)
        return;
    assert_null(unit->start);
    assert_null(unit->end);
    assert_false(die_walk_next(&walk));
}

static void unit_that_claims_more_than_the_section_is_not_walked(void **state)
{
    uint32_t length = (uint32_t)info_size;
    char *copy = copy_image();

    memcpy(copy + info_offset, &length, sizeof length);
    dies = 0;
    walk_damaged(copy, expect_no_bytes);
    assert_true(dies > 0);
    free(copy);
}

/* --- a unit's bytes by themselves ---------------------------------------- */

/* Its abbreviations are known by then, so that libdw is not asked about bytes that are not its. */
static unsigned char *take_unit(struct die_unit *unit, Dwarf_Die *die, size_t size)
{
    struct die_walk walk = die_walk_begin(unit, die);
    unsigned char *copy = memory_resized(NULL, size, 1);
    size_t offset = dwarf_cuoffset(die);

    while (die_walk_next(&walk))
        die_walk_enter(&walk);
    memcpy(copy, unit->start, size);
    die->addr = copy + offset;
    unit->start = copy;
    unit->end = copy + size;
    return copy;
}

static void walk_cut(struct die_unit *unit, Dwarf_Die *die)
{
    size_t size = (size_t)(unit->end - unit->start);
    struct die_unit whole = *unit;

    for (size_t cut = dwarf_cuoffset(die) + 1; cut < size; cut += 1 + cut / 64) {
        Dwarf_Die own = whole.die;

        *unit = whole;
        unsigned char *copy = take_unit(unit, &own, cut);
        for (struct die_walk walk = die_walk_begin(unit, &own); die_walk_next(&walk); dies++) {
            assert_true(walk.inside <= unit->end);
            if (dies % 2)
                die_walk_enter(&walk);
        }
        whole.shapes = unit->shapes;
        whole.shape_count = unit->shape_count;
        free(copy);
    }
    *unit = whole;
}

static void unit_that_is_cut_is_not_left(void **state)
{
    Dwarf *dwarf = open_self();

    dies = 0;
    each_unit(dwarf, walk_cut);
    assert_true(dies > 1000);
    dwarf_end(dwarf);
}

/* Each sibling is said to stand in front: at the unit's first DIE. */
static void walk_in_a_circle(struct die_unit *unit, Dwarf_Die *die)
{
    Dwarf_Die own = *die, child;
    Dwarf_Attribute sibling;
    uint32_t first = (uint32_t)dwarf_cuoffset(die);
    const unsigned char *start = unit->start;
    unsigned count = 0;
    unsigned char *copy = take_unit(unit, &own, (size_t)(unit->end - unit->start));

    if (dwarf_child(die, &child) == 0)
        do
            if (dwarf_attr(&child, DW_AT_sibling, &sibling))
                memcpy(copy + (sibling.valp - start), &first, sizeof first);
        while (dwarf_siblingof(&child, &child) == 0);
    for (struct die_walk walk = die_walk_begin(unit, &own); die_walk_next(&walk); count++)
        assert_true(count < unit->end - unit->start);
    dies += count;
    free(copy);
}

static void siblings_that_lead_back_are_not_followed(void **state)
{
    Dwarf *dwarf = open_self();

    dies = 0;
    each_unit(dwarf, walk_in_a_circle);
    assert_true(dies > 100);
    dwarf_end(dwarf);
}

static int begin(void **state)
{
    elf_version(EV_CURRENT);
    read_image();
    return 0;
}

static int end(void **state)
{
    free(image);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walk_that_enters_everything_sees_each_die_once),
        cmocka_unit_test(walk_that_enters_nothing_sees_the_siblings),
        cmocka_unit_test(damaged_units_are_walked_to_some_end),
        cmocka_unit_test(unit_that_claims_more_than_the_section_is_not_walked),
        cmocka_unit_test(unit_that_is_cut_is_not_left),
        cmocka_unit_test(siblings_that_lead_back_are_not_followed),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
