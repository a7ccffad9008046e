#include "log/trace_log.h"

#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "os/message.h"
#include "os/sys.h"
#include "log/trace_log_file.h"

/* A log can be begun once in a process, so each case is a child of its own; what it says goes to
 * the file "said". */
#define LOG  "trace.log"
#define SAID "said"

static void begin_at(const char *path)
{
    message_to_file(scratch_path(SAID), false);
    trace_log_begin(path);
}

static void commit_magic(void)
{
    memcpy(trace_log_header->magic, TRACE_MAGIC, TRACE_MAGIC_SIZE);
}

/* As lifecycle does, so that another process can tell whether the writer lives. */
static void fill_facts(void)
{
    char text[1024];
    trace_log_header->pid = (uint32_t)getpid();
    sys_read_file("/proc/self/stat", text, sizeof text);
    const char *field = strrchr(text, ')') + 2;
    for (int skip = 0; skip < 19; skip++)
        field = strchr(field, ' ') + 1;
    trace_log_header->start_ticks = strtoull(field, NULL, 10);
    commit_magic();
}

static int clean(void **state)
{
    char command[600];
    snprintf(command, sizeof command, "rm -rf '%s'*", scratch_path(""));
    return system(command) == -1;
}

static bool exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

/* --- making the file ----------------------------------------------------- */

static void make_plainly(void)
{
    umask(0);
    begin_at(scratch_path(LOG));
    EXPECT(trace_log_path() && strcmp(trace_log_path(), scratch_path(LOG)) == 0);
    EXPECT(trace_log_header->version == TRACE_VERSION);
    EXPECT(trace_log_header->magic[0] == 0); /* not committed before the facts are there */
    commit_magic();
}

static void a_new_log(void **state)
{
    struct stat status;
    struct trace_header header;
    assert_int_equal(scratch_in_child(make_plainly), 0);
    assert_int_equal(stat(scratch_path(LOG), &status), 0);
    assert_int_equal(status.st_mode, S_IFREG | 0600);
    assert_int_equal(status.st_size, TRACE_DATA_OFFSET);
    int fd = open(scratch_path(LOG), O_RDONLY);
    assert_int_equal(read(fd, &header, sizeof header), sizeof header);
    close(fd);
    assert_memory_equal(header.magic, TRACE_MAGIC, TRACE_MAGIC_SIZE);
    assert_int_equal(header.byte_order, TRACE_BYTE_ORDER);
    assert_int_equal(header.header_size, sizeof header);
    assert_int_equal(header.end, TRACE_DATA_OFFSET);
    assert_string_equal(scratch_read(scratch_path(SAID)), "");
}

/* No log is made, one line says why, and the tables are there all the same. */
static void make_in_vain(void)
{
    begin_at(scratch_path(LOG));
    EXPECT(trace_log_path() == NULL);
    EXPECT(trace_log_header->version == TRACE_VERSION);
    uint64_t index;
    EXPECT(chunk_table_claim(&trace_log_nodes, 1, true, &index));
    memset(chunk_table_at(&trace_log_nodes, index), 1, sizeof(struct trace_node));
    EXPECT(trace_log_add_string("abc", 3).length == 3);
    trace_log_end();
}

static void assert_refused(const char *reason)
{
    assert_int_equal(scratch_in_child(make_in_vain), 0);
    const char *said = scratch_read(scratch_path(SAID));
    assert_non_null(strstr(said, scratch_path(LOG)));
    assert_non_null(strstr(said, reason));
    assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1); /* one line */
}

static void a_symbolic_link_is_not_followed(void **state)
{
    scratch_write(scratch_path("victim"), "");
    assert_int_equal(symlink(scratch_path("victim"), scratch_path(LOG)), 0);
    assert_refused("is not a trace log");
    assert_string_equal(scratch_read(scratch_path("victim")), "");
    assert_true(exists(scratch_path(LOG)));
    unlink(scratch_path(LOG));
    assert_int_equal(symlink(scratch_path("nothing"), scratch_path(LOG)), 0);
    assert_refused("is not a trace log");
    assert_false(exists(scratch_path("nothing")));
}

static void a_foreign_file_is_left_alone(void **state)
{
    static const char *const texts[] = {"short", NULL};
    static char longer[5000];
    memset(longer, 'x', sizeof longer - 1);
    for (int i = 0; i < 2; i++) {
        const char *text = texts[i] ? texts[i] : longer;
        scratch_write(scratch_path(LOG), text);
        assert_refused("is not a trace log");
        assert_string_equal(scratch_read(scratch_path(LOG)), text);
    }
}

/* Of a process that had this one's number, in the same run or before it. */
static void leave_finished_log(uint64_t begun)
{
    begin_at(scratch_path(LOG));
    fill_facts();
    trace_log_header->start_realtime_ns = begun;
    trace_log_header->ending = TRACE_RETURNED;
    trace_log_end();
}

static uint64_t begun_before;

static void leave_log_of_another(void)
{
    leave_finished_log(begun_before);
}

static void begin_in_a_run(void)
{
    char own[600];
    trace_log_file_keep_since(1000);
    begin_at(scratch_path(LOG));
    snprintf(own, sizeof own, "%s", trace_log_path());
    bool is_kept = strcmp(own, scratch_path(LOG)) != 0;
    EXPECT(is_kept == (begun_before >= 1000));
}

static void logs_of_one_run_are_all_kept(void **state)
{
    static const uint64_t begun[] = {999, 1000, 2000};
    for (int i = 0; i < 3; i++) {
        begun_before = begun[i];
        assert_int_equal(scratch_in_child(leave_log_of_another), 0);
        assert_int_equal(scratch_in_child(begin_in_a_run), 0);
        unlink(scratch_path(LOG));
    }
}

/* 4,096 programs of one number in one run. */
static void begin_where_all_names_are_taken(void)
{
    char name[600];
    const char *first = scratch_path(LOG);
    int stem = (int)strlen(first) - 4;
    snprintf(name, sizeof name, "%.*s.%d.log", stem, first, (int)getpid());
    EXPECT(link(first, name) == 0);
    for (int i = 2; i <= 4096; i++) {
        snprintf(name, sizeof name, "%.*s.%d.%d.log", stem, first, (int)getpid(), i);
        EXPECT(link(first, name) == 0);
    }
    trace_log_file_keep_since(1000);
    begin_at(first);
    EXPECT(trace_log_path() == NULL);
}

static void without_a_name_there_is_no_log(void **state)
{
    begun_before = 1000;
    assert_int_equal(scratch_in_child(leave_log_of_another), 0);
    assert_int_equal(scratch_in_child(begin_where_all_names_are_taken), 0);
    assert_non_null(strstr(scratch_read(scratch_path(SAID)), "names after it are taken"));
}

static void neither_folders_nor_devices_are_taken(void **state)
{
    assert_int_equal(mkdir(scratch_path(LOG), 0700), 0);
    assert_refused("is not a trace log");
    assert_int_equal(rmdir(scratch_path(LOG)), 0);
    assert_int_equal(mkfifo(scratch_path(LOG), 0600), 0);
    assert_refused("is not a trace log"); /* and does not wait for a writer */
}

static void make_at_null(void)
{
    begin_at("/dev/null");
    EXPECT(trace_log_path() == NULL);
}

static void the_null_device(void **state)
{
    struct stat status;
    assert_int_equal(scratch_in_child(make_at_null), 0);
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
}

static void make_in_no_folder(void)
{
    begin_at(scratch_path("nowhere/trace.log"));
    EXPECT(trace_log_path() == NULL);
}

static void a_folder_that_is_not_there(void **state)
{
    assert_int_equal(scratch_in_child(make_in_no_folder), 0);
    const char *said = scratch_read(scratch_path(SAID));
    assert_non_null(strstr(said, "cannot create"));
    assert_non_null(strstr(said, "No such file or directory"));
}

static void an_empty_file_is_used(void **state)
{
    scratch_write(scratch_path(LOG), "");
    assert_int_equal(scratch_in_child(make_plainly), 0);
}

/* --- the log of another process ------------------------------------------ */

static int to_parent[2], to_child[2];

static pid_t start_holder(void (*act)(void))
{
    char byte;
    assert_int_equal(pipe(to_parent), 0);
    assert_int_equal(pipe(to_child), 0);
    scratch_path("");
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        act();
        EXPECT(write(to_parent[1], "x", 1) == 1);
        EXPECT(read(to_child[0], &byte, 1) >= 0);
        _exit(0);
    }
    assert_int_equal(read(to_parent[0], &byte, 1), 1);
    return child;
}

static void end_holder(pid_t child)
{
    assert_int_equal(kill(child, SIGKILL), 0);
    waitpid(child, NULL, 0);
    for (int i = 0; i < 2; i++) {
        close(to_parent[i]);
        close(to_child[i]);
    }
}

static void hold(void)
{
    begin_at(scratch_path(LOG));
    fill_facts();
    trace_log_header->losses.blocks = 4711;
}

/* As on a file system that has no locks: only the header tells who writes. */
static void hold_without_lock(void)
{
    hold();
    for (int fd = 100; fd < 1100; fd++)
        flock(fd, LOCK_UN);
}

static void make_beside(void)
{
    char name[64];
    begin_at(scratch_path(LOG));
    snprintf(name, sizeof name, "trace.%d.log", getpid());
    EXPECT(trace_log_path() && strcmp(trace_log_path(), scratch_path(name)) == 0);
    EXPECT(exists(scratch_path(name)));
}

static uint64_t mark_in_log(void)
{
    struct trace_header header = {.losses.blocks = 0};
    int fd = open(scratch_path(LOG), O_RDONLY);
    assert_true(read(fd, &header, sizeof header) == sizeof header);
    close(fd);
    return header.losses.blocks;
}

static void check_live_writer(void (*act)(void))
{
    pid_t holder = start_holder(act);
    assert_int_equal(scratch_in_child(make_beside), 0);
    assert_int_equal(mark_in_log(), 4711);
    const char *said = scratch_read(scratch_path(SAID));
    assert_non_null(strstr(said, "another traced process is writing"));
    end_holder(holder);
    /* Killed: its log stays until somebody wants the name. */
    assert_int_equal(mark_in_log(), 4711);
    assert_int_equal(scratch_in_child(make_plainly), 0);
    assert_int_equal(mark_in_log(), 0);
}

static void a_live_writers_log_is_not_overwritten(void **state)
{
    check_live_writer(hold);
}

static void nor_where_files_have_no_locks(void **state)
{
    check_live_writer(hold_without_lock);
}

static void hold_as_another(void)
{
    hold();
    trace_log_header->start_ticks++; /* the number's process of today is not the writer */
    trace_log_header->pid = (uint32_t)getppid();
}

static void a_number_used_again_is_no_live_writer(void **state)
{
    end_holder(start_holder(hold_as_another));
    assert_int_equal(scratch_in_child(make_plainly), 0);
}

/* --- tables in the log --------------------------------------------------- */

static const struct trace_extent *extent_of(enum trace_table kind, uint32_t number)
{
    const struct trace_extent *directory =
        (const void *)((char *)trace_log_header + TRACE_DIRECTORY_OFFSET);
    for (unsigned i = 0; i < TRACE_EXTENTS_MAX; i++)
        if (directory[i].kind == kind && directory[i].number == number)
            return &directory[i];
    return NULL;
}

static void fill_tables(void)
{
    begin_at(scratch_path(LOG));
    int fd = open(trace_log_path(), O_RDONLY);
    uint64_t index;
    for (uint32_t i = 0; i < 10000; i++) {
        EXPECT(chunk_table_claim(&trace_log_nodes, 1, true, &index));
        EXPECT(index == TRACE_NODE_FIRST + i);
        *(struct trace_node *)chunk_table_at(&trace_log_nodes, index) =
            (struct trace_node){i + 1, i, 7, {0}};
    }
    for (uint32_t chunk = 0; chunk < 2; chunk++) {
        const struct trace_extent *extent = extent_of(TRACE_NODES, chunk);
        struct trace_node node;
        EXPECT(extent && extent->first == chunk * 1024);
        EXPECT(extent->length == (1024u << chunk) * sizeof node);
        EXPECT(extent->offset % TRACE_PAGE_SIZE == 0);
        EXPECT(extent->offset + extent->length <= trace_log_header->end);
        EXPECT(pread(fd, &node, sizeof node, (off_t)(extent->offset + 100 * sizeof node)) ==
               sizeof node);
        EXPECT(node.address == extent->first + 100 - TRACE_NODE_FIRST + 1 && node.module == 7);
    }
}

static void records_stand_in_the_file_at_once(void **state)
{
    assert_int_equal(scratch_in_child(fill_tables), 0);
}

static void add_strings(void)
{
    static char text[40000];
    begin_at(scratch_path(LOG));
    memset(text, 'a', sizeof text);
    for (int i = 0; i < 50; i++) {
        uint32_t length = 1 + (uint32_t)i * 655;
        struct trace_string string = trace_log_add_string(text, length);
        EXPECT(string.length == length && string.offset > 0);
        EXPECT(memcmp(chunk_table_at(&trace_log_strings, string.offset), text, length) == 0);
        EXPECT(chunk_table_chunk_of(&trace_log_strings, string.offset) ==
               chunk_table_chunk_of(&trace_log_strings, string.offset + length - 1));
    }
    EXPECT(trace_log_add_string(text, 0).length == 0);
    EXPECT(trace_log_add_string(text, sizeof text).length == 0);
}

static void strings_lie_in_one_extent_each(void **state)
{
    assert_int_equal(scratch_in_child(add_strings), 0);
}

static uint64_t storage(void)
{
    struct stat status;
    EXPECT(stat(trace_log_path(), &status) == 0);
    return (uint64_t)status.st_blocks * 512;
}

static void end_it(void)
{
    uint64_t index;
    begin_at(scratch_path(LOG));
    for (int i = 0; i < 5000; i++)
        EXPECT(chunk_table_claim(&trace_log_nodes, 1, true, &index));
    *(struct trace_node *)chunk_table_at(&trace_log_nodes, index) =
        (struct trace_node){99, 1, 1, {0}};
    uint64_t before = storage();
    trace_log_end();
    EXPECT(storage() < before);
    EXPECT(((struct trace_node *)chunk_table_at(&trace_log_nodes, index))->address == 99);
    EXPECT(trace_log_header->flags & TRACE_FLAG_CUT_TO_SIZE);
    trace_log_header->losses.blocks = 3; /* the mapping is good still */
}

static void the_end_gives_back_what_no_record_uses(void **state)
{
    assert_int_equal(scratch_in_child(end_it), 0);
    assert_int_equal(mark_in_log(), 3);
}

/* 64 KiB of places, of which the last quarter has begun, and 128 that nobody needed. */
static void end_with_a_chunk_made_ahead(void)
{
    uint64_t index;
    begin_at(scratch_path(LOG));
    for (int i = 0; i < 900; i++)
        EXPECT(chunk_table_claim(&trace_log_blocks, 1, true, &index));
    chunk_table_prepare(&trace_log_blocks, index);
    EXPECT(extent_of(TRACE_BLOCKS, 1));
    uint64_t before = storage();
    trace_log_end();
    EXPECT(storage() + (128u << 10) <= before);
}

static void the_end_gives_back_what_was_made_ahead(void **state)
{
    assert_int_equal(scratch_in_child(end_with_a_chunk_made_ahead), 0);
}

static void fill_directory(void)
{
    begin_at(scratch_path(LOG));
    for (unsigned i = 0; i < TRACE_EXTENTS_MAX; i++)
        EXPECT(trace_log_extend(TRACE_COMMAND, i, 1, 0));
    EXPECT(!(trace_log_header->flags & TRACE_FLAG_INCOMPLETE));
    uint64_t end = trace_log_header->end;
    char *memory = trace_log_extend(TRACE_COMMAND, TRACE_EXTENTS_MAX, 100, 0);
    EXPECT(memory && (memory[99] = 1));
    EXPECT(trace_log_header->end == end);
    EXPECT(trace_log_header->flags & TRACE_FLAG_INCOMPLETE);
}

static void a_full_directory_is_said(void **state)
{
    assert_int_equal(scratch_in_child(fill_directory), 0);
    assert_non_null(strstr(scratch_read(scratch_path(SAID)), "cannot grow"));
}

/* --- no storage ---------------------------------------------------------- */

/* A limit on file sizes answers as a full disk does, and needs no privileges. */
static void limit_files(uint64_t bytes)
{
    struct rlimit limit = {bytes, bytes};
    signal(SIGXFSZ, SIG_IGN);
    EXPECT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void run_full(void)
{
    uint64_t index = 0;
    limit_files(1 << 20);
    begin_at(scratch_path(LOG));
    for (uint32_t i = 0; i < 200000; i++) {
        EXPECT(chunk_table_claim(&trace_log_nodes, 1, true, &index));
        ((struct trace_node *)chunk_table_at(&trace_log_nodes, index))->address = i + 1;
    }
    for (uint32_t i = 0; i < 200000; i++)
        EXPECT(((struct trace_node *)chunk_table_at(&trace_log_nodes, TRACE_NODE_FIRST + i))
                   ->address == i + 1);
    EXPECT(trace_log_header->flags & TRACE_FLAG_INCOMPLETE);
    EXPECT(extent_of(TRACE_NODES, 0) && !extent_of(TRACE_NODES, 5));
    EXPECT(trace_log_path() != NULL);
    trace_log_end();
    /* No listed extent lies outside the file. */
    struct stat status;
    EXPECT(stat(trace_log_path(), &status) == 0 && status.st_size <= 1 << 20);
    for (uint32_t chunk = 0; chunk < 6; chunk++) {
        const struct trace_extent *extent = extent_of(TRACE_NODES, chunk);
        EXPECT(!extent || extent->offset + extent->length <= (uint64_t)status.st_size);
    }
}

static void a_full_disk_leaves_the_tables_working(void **state)
{
    assert_int_equal(scratch_in_child(run_full), 0);
    const char *said = scratch_read(scratch_path(SAID));
    assert_non_null(strstr(said, "cannot grow (File too large)"));
    assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1); /* once */
}

static void begin_full(void)
{
    limit_files(4096);
    begin_at(scratch_path(LOG));
    EXPECT(trace_log_path() == NULL);
    EXPECT(trace_log_add_string("abc", 3).length == 3);
    EXPECT(!exists(scratch_path(LOG)));
}

static void a_disk_full_from_the_start(void **state)
{
    assert_int_equal(scratch_in_child(begin_full), 0);
    assert_non_null(strstr(scratch_read(scratch_path(SAID)), "cannot write"));
}

/* --- descriptors --------------------------------------------------------- */

static void grow_after_close(void)
{
    begin_at(scratch_path(LOG));
    for (int fd = 3; fd < 1100; fd++)
        close(fd);
    char *memory = trace_log_extend(TRACE_BLOCKS, 0, 8192, 0);
    EXPECT(memory && extent_of(TRACE_BLOCKS, 0));
    memory[0] = 1;
    EXPECT(!(trace_log_header->flags & TRACE_FLAG_INCOMPLETE));
    /* Another file takes all the numbers: nothing may go there. */
    for (int fd = 3; fd < 1100; fd++)
        close(fd);
    int other = open(scratch_path("other"), O_RDWR | O_CREAT, 0600);
    for (int fd = 100; fd < 1010; fd++)
        dup2(other, fd);
    EXPECT(trace_log_extend(TRACE_BLOCKS, 1, 8192, 0) && extent_of(TRACE_BLOCKS, 1));
    struct stat status;
    EXPECT(fstat(other, &status) == 0 && status.st_size == 0);
}

static void the_program_may_close_every_descriptor(void **state)
{
    assert_int_equal(scratch_in_child(grow_after_close), 0);
}

static void low_numbers_stay_free(void)
{
    int lowest = open("/dev/null", O_RDONLY);
    close(lowest);
    begin_at(scratch_path(LOG));
    EXPECT(trace_log_path());
    EXPECT(open("/dev/null", O_RDONLY) == lowest);
}

static void the_program_gets_the_numbers_it_expects(void **state)
{
    assert_int_equal(scratch_in_child(low_numbers_stay_free), 0);
}

static void forget(void)
{
    begin_at(scratch_path(LOG));
    trace_log_forget();
    EXPECT(trace_log_path() == NULL);
    for (int fd = 3; fd < 1100; fd++) {
        struct stat ours, theirs;
        EXPECT(stat(scratch_path(LOG), &ours) == 0);
        EXPECT(fstat(fd, &theirs) != 0 || theirs.st_ino != ours.st_ino ||
               theirs.st_dev != ours.st_dev);
    }
    trace_log_end();
    EXPECT(!(trace_log_header->flags & TRACE_FLAG_CUT_TO_SIZE));
}

static void a_forked_child_lets_go(void **state)
{
    assert_int_equal(scratch_in_child(forget), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, clean)
    const struct CMUnitTest tests[] = {
        TEST(a_new_log),
        TEST(a_symbolic_link_is_not_followed),
        TEST(a_foreign_file_is_left_alone),
        TEST(logs_of_one_run_are_all_kept),
        TEST(without_a_name_there_is_no_log),
        TEST(neither_folders_nor_devices_are_taken),
        TEST(the_null_device),
        TEST(a_folder_that_is_not_there),
        TEST(an_empty_file_is_used),
        TEST(a_live_writers_log_is_not_overwritten),
        TEST(nor_where_files_have_no_locks),
        TEST(a_number_used_again_is_no_live_writer),
        TEST(records_stand_in_the_file_at_once),
        TEST(strings_lie_in_one_extent_each),
        TEST(the_end_gives_back_what_no_record_uses),
        TEST(the_end_gives_back_what_was_made_ahead),
        TEST(a_full_directory_is_said),
        TEST(a_full_disk_leaves_the_tables_working),
        TEST(a_disk_full_from_the_start),
        TEST(the_program_may_close_every_descriptor),
        TEST(the_program_gets_the_numbers_it_expects),
        TEST(a_forked_child_lets_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
