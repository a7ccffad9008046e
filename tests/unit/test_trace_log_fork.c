#include "log/trace_log_fork.h"

#include "scratch.h"
#include "log/trace_log.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "os/message.h"

/* Each case is a process that begins a log and forks: the child's log is at "child.log". */
#define LOG   "parent.log"
#define CHILD "child.log"
#define SAID  "said"

static int clean(void **state)
{
    char command[600];
    snprintf(command, sizeof command, "rm -rf '%s'*", scratch_path(""));
    return system(command) == -1;
}

static struct trace_node *node(uint64_t index)
{
    return chunk_table_at(&trace_log_nodes, index);
}
static uint64_t add_node(uint64_t address)
{
    uint64_t index;
    EXPECT(chunk_table_claim(&trace_log_nodes, 1, true, &index));
    node(index)->address = address;
    return index;
}
static void begin(void)
{
    message_to_file(scratch_path(SAID), false);
    trace_log_begin(scratch_path(LOG));
    memcpy(trace_log_header->magic, TRACE_MAGIC, TRACE_MAGIC_SIZE);
}
/* Forks and waits; what `act` does in the child is well if it returns. */
static void in_child(void (*act)(void))
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        act();
        _exit(0);
    }
    EXPECT(waitpid(child, &status, 0) == child && status == 0);
}

static void read_at(const char *name, uint64_t offset, void *buffer, size_t size)
{
    int fd = open(scratch_path(name), O_RDONLY);
    EXPECT(fd >= 0 && pread(fd, buffer, size, (off_t)offset) == (ssize_t)size);
    close(fd);
}
/* The address of node `index` in a log's file, 0: no extent holds it. */
static uint64_t node_in(const char *name, uint64_t index)
{
    for (unsigned place = 0; place < TRACE_EXTENTS_MAX; place++) {
        struct trace_extent extent;
        struct trace_node found;
        read_at(name, TRACE_DIRECTORY_OFFSET + place * sizeof extent, &extent, sizeof extent);
        uint64_t count = extent.length / sizeof found;
        if (extent.kind != TRACE_NODES || index < extent.first || index >= extent.first + count)
            continue;
        read_at(name, extent.offset + (index - extent.first) * sizeof found, &found, sizeof found);
        return found.address;
    }
    return 0;
}

/* --- a copy that lives on its own ----------------------------------------- */

static uint64_t before;

static void go_on_alone(void)
{
    const struct trace_node *place = node(before);
    EXPECT(trace_log_fork(scratch_path(CHILD), false));
    EXPECT(strcmp(trace_log_path(), scratch_path(CHILD)) == 0);
    EXPECT(node(before) == place && place->address == 0x1111);
    EXPECT(trace_log_header->magic[0] == 0 && trace_log_header->version == TRACE_VERSION);
    node(before)->address = 0x2222;
    for (int i = 0; i < 10000; i++) /* into new extents */
        add_node(0x3333);
    trace_log_header->losses.errors = 7;
}
static void copy_and_look(void)
{
    char magic[TRACE_MAGIC_SIZE];
    begin();
    before = add_node(0x1111);
    in_child(go_on_alone);
    EXPECT(node_in(LOG, before) == 0x1111 && node_in(CHILD, before) == 0x2222);
    EXPECT(node_in(LOG, before + 1) == 0 && node_in(CHILD, before + 10000) == 0x3333);
    EXPECT(trace_log_header->losses.errors == 0);
    /* The magic is the caller's to store, when the header names its process. */
    read_at(CHILD, 0, magic, sizeof magic);
    EXPECT(magic[0] == 0);
}

static void nothing_reaches_the_parents_log(void **state)
{
    assert_int_equal(scratch_in_child(copy_and_look), 0);
}

/* --- what is not copied --------------------------------------------------- */

static int ready[2];

static void copy_late(void)
{
    char byte;
    EXPECT(read(ready[0], &byte, 1) == 1);
    EXPECT(trace_log_fork(scratch_path(CHILD), false));
}
static void add_after_the_fork(void)
{
    begin();
    before = add_node(0x1111);
    EXPECT(pipe(ready) == 0);
    pid_t child = fork();
    if (child == 0) {
        copy_late();
        _exit(0);
    }
    for (int i = 0; i < 10000; i++)
        add_node(0x4444);
    trace_log_extend(TRACE_VERDICTS, 0, 100000, 0);
    EXPECT(write(ready[1], "", 1) == 1);
    int status = -1;
    EXPECT(waitpid(child, &status, 0) == child && status == 0);
    EXPECT(node_in(LOG, before + 9000) == 0x4444);
    EXPECT(node_in(CHILD, before) == 0x1111);
    EXPECT(node_in(CHILD, before + 1) == 0 && node_in(CHILD, before + 9000) == 0);
}

static void what_the_parent_adds_later_is_the_parents(void **state)
{
    assert_int_equal(scratch_in_child(add_after_the_fork), 0);
}

/* --- names and failures ---------------------------------------------------- */

static void share_the_name(void)
{
    char name[64];
    EXPECT(trace_log_fork(scratch_path(LOG), true));
    snprintf(name, sizeof name, "parent.%d.log", getpid());
    EXPECT(strcmp(trace_log_path(), scratch_path(name)) == 0);
}
static void begin_and_share(void)
{
    begin();
    in_child(share_the_name);
    EXPECT(strcmp(scratch_read(scratch_path(SAID)), "") == 0);
}

static void a_shared_name_has_the_number_in_it(void **state)
{
    assert_int_equal(scratch_in_child(begin_and_share), 0);
}

static void find_no_place(void)
{
    EXPECT(!trace_log_fork(scratch_path("gone/child.log"), false));
    EXPECT(!trace_log_path());
}
static void find_no_room(void)
{
    struct rlimit limit = {60000, 60000};
    setrlimit(RLIMIT_FSIZE, &limit);
    EXPECT(!trace_log_fork(scratch_path(CHILD), false));
    EXPECT(!trace_log_path() && access(scratch_path(CHILD), F_OK) != 0);
}
static void find_half_a_log(void)
{
    EXPECT(!trace_log_fork(scratch_path(CHILD), false));
}
static void fail_thrice(void)
{
    begin();
    add_node(0x1111);
    in_child(find_no_place);
    EXPECT(strstr(scratch_read(scratch_path(SAID)), "gone/child.log: No such file or directory"));
    in_child(find_no_room);
    EXPECT(strstr(scratch_read(scratch_path(SAID)), "child.log: File too large"));
    trace_log_header->flags |= TRACE_FLAG_INCOMPLETE;
    in_child(find_half_a_log);
    EXPECT(strstr(scratch_read(scratch_path(SAID)), "its parent's log is incomplete"));
    EXPECT(trace_log_path() && access(scratch_path(LOG), F_OK) == 0);
}

static void failure_is_said_and_leaves_nothing(void **state)
{
    assert_int_equal(scratch_in_child(fail_thrice), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, clean)
    const struct CMUnitTest tests[] = {
        TEST(nothing_reaches_the_parents_log),
        TEST(what_the_parent_adds_later_is_the_parents),
        TEST(a_shared_name_has_the_number_in_it),
        TEST(failure_is_said_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
