/* Who started whom, from the headers of logs alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log_writer.h"
#include "base/memory.h"
#include "judge/process_tree.h"
#include "scratch.h"

static struct process_tree tree;
static char *paths[16];
static int path_count;

static int begin_paths(void **state)
{
    path_count = 0;
    return 0;
}

static int drop_paths(void **state)
{
    process_tree_free(&tree);
    for (int i = 0; i < path_count; i++)
        free(paths[i]);
    return 0;
}

/* A log of that name, added to the tree. start: seconds. */
static void add(const char *name, unsigned pid, unsigned parent, unsigned start)
{
    struct log_writer writer;
    struct failure failure;
    char *path = paths[path_count++] = memory_text("%s", scratch_path(name));

    log_writer_begin(&writer);
    writer.header.pid = pid;
    writer.header.parent_pid = parent;
    writer.header.pid_namespace = name[0] == '@' ? 2 : 1;
    writer.header.start_ticks = pid * 100;
    writer.header.start_realtime_ns = start * 1000000000ull;
    log_writer_finish(&writer);
    log_writer_save(&writer, path, writer.size);
    log_writer_end(&writer);
    assert_int_equal(process_tree_add(&tree, path, &failure), PROCESS_ADDED);
}

/* "name", two blanks in front for each generation, one line for each entry */
static void expect_order(const char *expected)
{
    char text[512] = "";

    process_tree_order(&tree);
    for (uint32_t i = 0; i < tree.count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%*s%s\n",
                 (int)(2 * tree.entries[i].depth), "", strrchr(tree.entries[i].path, '/') + 1);
    assert_string_equal(text, expected);
}

static void parents_stand_before_children_and_these_by_start(void **state)
{
    add("ld", 14, 12, 9);
    add("as", 13, 11, 5);
    add("cc1", 15, 11, 4);
    add("make", 10, 1, 1);
    add("collect2", 12, 11, 8);
    add("gcc", 11, 10, 3);
    add("echo", 16, 10, 2);
    expect_order("make\n"
                 "  echo\n"
                 "  gcc\n"
                 "    cc1\n"
                 "    as\n"
                 "    collect2\n"
                 "      ld\n");
    assert_int_equal(process_tree_starter(&tree, 6)->pid, 12);
    assert_null(process_tree_starter(&tree, 0));
}

static void exec_keeps_the_process_in_its_place(void **state)
{
    add("after", 11, 10, 4);
    add("child", 12, 11, 5);
    add("before", 11, 10, 2);
    add("early", 13, 11, 3);
    add("top", 10, 1, 1);
    expect_order("top\n"
                 "  before\n"
                 "    early\n"
                 "  after\n"
                 "    child\n");
    assert_int_equal(process_tree_starter(&tree, 3)->pid, 10);
    assert_true(tree.entries[1].pid_repeats && tree.entries[3].pid_repeats);
    assert_false(tree.entries[0].pid_repeats);
}

static void pids_of_different_containers_are_different_processes(void **state)
{
    add("host", 10, 1, 1);
    add("@host", 10, 1, 2);
    add("child", 11, 10, 3);
    add("@child", 12, 10, 4);
    expect_order("host\n"
                 "  child\n"
                 "@host\n"
                 "  @child\n");
    assert_true(tree.entries[0].pid_repeats && tree.entries[2].pid_repeats);
}

/* It does not move to where its second program's start would put it. */
static void exec_of_a_root_stays_with_it(void **state)
{
    add("before", 10, 1, 1);
    add("other", 20, 2, 2);
    add("after", 10, 1, 3);
    expect_order("before\n"
                 "after\n"
                 "other\n");
    assert_null(process_tree_starter(&tree, 1));
}

/* A log may say anything: itself as parent, or two that are each other's. */
static void circles_are_none(void **state)
{
    add("self", 10, 10, 1);
    add("a", 11, 12, 2);
    add("b", 12, 11, 2);
    add("orphan", 13, 99, 0);
    expect_order("orphan\n"
                 "self\n"
                 "a\n"
                 "  b\n");
}

static void bad_logs_and_the_same_one_are_told(void **state)
{
    struct failure failure;

    add("log", 10, 1, 1);
    char *twin = memory_text("%s", scratch_path("./log"));
    assert_int_equal(process_tree_add(&tree, twin, &failure), PROCESS_KNOWN);
    assert_non_null(strstr(failure.text, "is the same file as"));
    free(twin);
    assert_int_equal(process_tree_add(&tree, scratch_path(""), &failure), PROCESS_UNREADABLE);
    assert_non_null(strstr(failure.text, "is a directory"));
    assert_int_equal(process_tree_add(&tree, "/bin/sh", &failure), PROCESS_UNREADABLE);
    assert_non_null(strstr(failure.text, "is a program, not a log"));
    expect_order("log\n");
    assert_int_equal(tree.unreadable, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_paths, drop_paths)
    const struct CMUnitTest tests[] = {
        TEST(parents_stand_before_children_and_these_by_start),
        TEST(exec_keeps_the_process_in_its_place),
        TEST(exec_of_a_root_stays_with_it),
        TEST(pids_of_different_containers_are_different_processes),
        TEST(circles_are_none),
        TEST(bad_logs_and_the_same_one_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
