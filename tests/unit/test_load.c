/* What the records of a log mean: blocks, leaves, stacks, totals, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "read/load.h"
#include "log_writer.h"
#include "scratch.h"
#include "words/words_note.h"

static struct log_writer writer;
static struct log_reader reader;
static struct model model;
static const char *path;

static int make_log(void **state)
{
    log_writer_begin(&writer);
    path = scratch_path("trace.log");
    return 0;
}

static int drop_log(void **state)
{
    model_free(&model);
    log_writer_end(&writer);
    return 0;
}

static void open_and_load(uint32_t depth)
{
    struct failure failure;

    assert_int_equal(log_reader_open(&reader, path, NULL, &failure), 0);
    model_init(&model, path);
    load_log(&reader, depth, &model);
    log_reader_close(&reader);
}

static void load_depth(uint32_t depth)
{
    log_writer_finish(&writer);
    log_writer_save(&writer, path, writer.size);
    open_and_load(depth);
}

static void load(void)
{
    load_depth(12);
}

static void expect_note(const char *text)
{
    for (uint32_t i = 0; i < model.note_count; i++) {
        char *sentence = words_note(&model.notes[i]);
        bool found = strstr(sentence, text) != NULL;

        free(sentence);
        if (found)
            return;
    }
    fail_msg("no note says «%s»", text);
}

static void expect_stack(uint32_t number, enum stack_end end, uint32_t count,
                         const uint64_t *addresses)
{
    struct stack stack = model_stack(&model, number);

    assert_int_equal(stack.end, end);
    assert_int_equal(stack.count, count);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(model.frames[stack.frames[i]].address, addresses[i]);
}

/* --- blocks -------------------------------------------------------------- */

static void live_block_is_loaded_whole(void **state)
{
    uint32_t node = log_writer_node(&writer, 0x111, 0, 0);

    log_writer_block(&writer, 0x7f0000001000, 123, node);
    load();
    assert_int_equal(model.block_count, 1);
    assert_int_equal(model.blocks[0].address, 0x7f0000001000);
    assert_int_equal(model.blocks[0].size, 123);
    assert_int_equal(model.blocks[0].kind, BLOCK_LIVE);
    expect_stack(model.blocks[0].stack, STACK_WHOLE, 1, (uint64_t[]){0x111});
    assert_false(model.has_verdicts);
}

static void programs_before_an_exec_are_noted(void **state)
{
    struct trace_earlier earlier = {.start_realtime_ns = 1,
                                    .totals = {.allocations = 1000, .frees = 4, .bad_frees = 1},
                                    .errors = 3,
                                    .length = 11,
                                    .command = "sh\0-c\0exec"};
    log_writer_earlier(&writer, earlier);
    memset(earlier.command, 'x', sizeof earlier.command);
    earlier.length = UINT64_MAX;
    log_writer_earlier(&writer, earlier);
    writer.header.earlier = UINT32_MAX;
    load();
    expect_note("before an exec this process was: sh -c exec (1,000 allocs, 5 frees, 0 bytes "
                "allocated, 3 errors).");
    expect_note("xxx... (1,000 allocs");
    expect_note("this process was 4,294,967,279 more programs, which are not listed here.");
    assert_int_equal(model.note_count, 3);
}

static void blocks_are_ordered_by_address(void **state)
{
    log_writer_block(&writer, 0x3000, 3, 0);
    log_writer_block(&writer, 0x1000, 1, 0);
    log_writer_block(&writer, 0x2000, 2, 0);
    load();
    assert_int_equal(model.block_count, 3);
    for (uint64_t i = 0; i < 3; i++)
        assert_int_equal(model.blocks[i].size, i + 1);
}

static void empty_and_frozen_slots_hold_nothing(void **state)
{
    log_writer_slot(&writer, 0x1000, TRACE_SLOT_FROZEN);
    log_writer_slot(&writer, 0x3000, 0);
    load();
    assert_int_equal(model.block_count, 0);
    assert_int_equal(model.note_count, 0);
}

static void block_in_a_frozen_slot_counts(void **state)
{
    log_writer_slot(&writer, 0x1ff8,
                    TRACE_SLOT_TAKEN | TRACE_SLOT_FROZEN | 10ull << TRACE_SLOT_SIZE_SHIFT);
    load();
    assert_int_equal(model.block_count, 1);
    assert_int_equal(model.blocks[0].address, 0x1ff8);
    assert_int_equal(model.blocks[0].size, 10);
}

/* Eight, sixteen, thirty-two: two leaves are waste by then. */
static void leaf_that_was_replaced_does_not_count(void **state)
{
    for (uint64_t i = 0; i < 20; i++)
        log_writer_block(&writer, 0x7f0000201000 + 32 * i, i, 0);
    load();
    assert_int_equal(model.block_count, 20);
    for (uint64_t i = 0; i < 20; i++) {
        assert_int_equal(model.blocks[i].address, 0x7f0000201000 + 32 * i);
        assert_int_equal(model.blocks[i].size, i);
    }
}

static void a_slot_says_all_of_its_block(void **state)
{
    uint32_t node = log_writer_node(&writer, 0x111, 0, 0);
    uint64_t count =
        log_writer_account(&writer, (struct trace_account){.thread = 1, .stack = node});

    log_writer_slot(&writer, 0x400008,
                    TRACE_SLOT_TAKEN | (uint64_t)TRACE_BY_NEW_ARRAY << TRACE_SLOT_FAMILY_SHIFT |
                        15ull << TRACE_SLOT_ALIGNMENT_SHIFT | count << TRACE_SLOT_ACCOUNT_SHIFT |
                        (TRACE_SLOT_SIZES - 1ull) << TRACE_SLOT_SIZE_SHIFT);
    load();
    assert_int_equal(model.block_count, 1);
    assert_int_equal(model.blocks[0].address, 0x400008);
    assert_int_equal(model.blocks[0].size, TRACE_SLOT_SIZES - 1);
    assert_int_equal(model.blocks[0].family, TRACE_BY_NEW_ARRAY);
    expect_stack(model.blocks[0].stack, STACK_WHOLE, 1, (uint64_t[]){0x111});
}

static void block_without_a_slot_is_in_rare(void **state)
{
    log_writer_rare(&writer, 0x2001, 5, log_writer_node(&writer, 0x111, 0, 0));
    log_writer_rare(&writer, 0x10000000, 1ull << 40, 0);
    log_writer_rare(&writer, 0, 7, 0);
    log_writer_block(&writer, 0x2008, 1, 0);
    load();
    assert_int_equal(model.block_count, 3);
    assert_int_equal(model.blocks[0].address, 0x2001);
    assert_int_equal(model.blocks[0].size, 5);
    expect_stack(model.blocks[0].stack, STACK_WHOLE, 1, (uint64_t[]){0x111});
    assert_int_equal(model.blocks[1].address, 0x2008);
    assert_int_equal(model.blocks[2].size, 1ull << 40);
}

static void leaf_that_is_not_in_the_log_is_noted(void **state)
{
    log_writer_block(&writer, 0x1000, 10, 0);
    *log_writer_leaf(&writer, 0x2000) = (LOG_WRITER_SLOTS + 4096) | 7ull << 48;
    *log_writer_leaf(&writer, 0x3000) = LOG_WRITER_SLOTS | 0xffffull << 48;
    load();
    assert_int_equal(model.block_count, 1);
    expect_note("The blocks that begin in 2 pages of the program's memory are missing");
}

/* Of a log that means harm: a small file would have any number of blocks. */
static void no_slot_is_used_by_many_pages(void **state)
{
    log_writer_block(&writer, 0x1000, 10, 0);
    for (uint64_t page = 2; page < 5000; page++) {
        uint64_t leaf = *log_writer_leaf(&writer, 0x1000);

        *log_writer_leaf(&writer, page << 12) = leaf;
    }
    load();
    /* The extent is a page, which has slots for 64 leaves. */
    assert_int_equal(model.block_count, 64);
    expect_note("pages of the program's memory are missing");
}

static void size_of_a_huge_verdict_is_in_rare(void **state)
{
    log_writer_rare(&writer, 0x1000, 1ull << 40, 0);
    log_writer_verdict(&writer, 0x1000, 1ull << 40, 0, TRACE_REACHABLE, TRACE_HEAD_NONE);
    log_writer_verdict(&writer, 0x3000, 1ull << 40, 0, TRACE_REACHABLE, TRACE_HEAD_NONE);
    load();
    assert_int_equal(model.blocks[0].size, 1ull << 40);
    assert_int_equal(model.blocks[1].size, TRACE_SIZE_ELSEWHERE);
    expect_note("sizes of 1 large blocks are missing in the log");
}

/* --- verdicts ------------------------------------------------------------ */

static void verdicts_replace_the_block_table(void **state)
{
    log_writer_block(&writer, 0x9000, 99, 0);
    log_writer_verdict(&writer, 0x1000, 10, 0, TRACE_DEFINITELY_LOST, TRACE_HEAD_NONE);
    log_writer_verdict(&writer, 0x2000, 20, 0, TRACE_INDIRECTLY_LOST, 0);
    load();
    assert_true(model.has_verdicts);
    assert_int_equal(model.block_count, 2);
    assert_int_equal(model.blocks[0].kind, BLOCK_DEFINITELY_LOST);
    assert_int_equal(model.blocks[1].head, 0);
    assert_int_equal(model.note_count, 0);
}

static void interrupted_leak_check_is_not_used(void **state)
{
    log_writer_block(&writer, 0x9000, 99, 0);
    log_writer_verdict(&writer, 0x1000, 10, 0, TRACE_DEFINITELY_LOST, TRACE_HEAD_NONE);
    writer.header.check.scan = TRACE_SCAN_RUNNING;
    load();
    assert_false(model.has_verdicts);
    assert_int_equal(model.blocks[0].address, 0x9000);
}

static void head_that_is_none_is_dropped_and_noted(void **state)
{
    log_writer_verdict(&writer, 0x1000, 10, 0, TRACE_INDIRECTLY_LOST, 4000000000u);
    log_writer_verdict(&writer, 0x2000, 10, 0, TRACE_INDIRECTLY_LOST, 1);
    log_writer_verdict(&writer, 0x3000, 10, 0, TRACE_INDIRECTLY_LOST, 3);
    log_writer_verdict(&writer, 0x4000, 10, 0, TRACE_REACHABLE, TRACE_HEAD_NONE);
    load();
    for (int i = 0; i < 3; i++)
        assert_int_equal(model.blocks[i].head, BLOCK_NO_HEAD);
    expect_note("The leak check's verdict on 3 blocks is damaged");
}

static void block_that_is_nowhere_is_noted(void **state)
{
    log_writer_verdict(&writer, 0, 10, 0, TRACE_REACHABLE, TRACE_HEAD_NONE);
    load();
    assert_int_equal(model.blocks[0].kind, BLOCK_KINDS_COUNT);
    expect_note("The leak check's verdict on 1 blocks is damaged");
}

static void verdicts_that_are_not_there_are_noted(void **state)
{
    log_writer_verdict(&writer, 0x1000, 10, 0, TRACE_REACHABLE, 0);
    writer.header.check.verdicts = 1ull << 60;
    load();
    assert_int_equal(model.block_count, TRACE_PAGE_SIZE / sizeof(struct trace_verdict));
    expect_note("of 1,152,921,504,606,846,976 blocks is missing");
}

/* --- stacks -------------------------------------------------------------- */

static void stack_is_innermost_first(void **state)
{
    uint32_t outer = log_writer_node(&writer, 0x300, TRACE_NODE_END, 0);
    uint32_t middle = log_writer_node(&writer, 0x200, outer, 0);

    log_writer_block(&writer, 0x1000, 1, log_writer_node(&writer, 0x100, middle, 0));
    load();
    expect_stack(model.blocks[0].stack, STACK_WHOLE, 3, (uint64_t[]){0x100, 0x200, 0x300});
}

static void stack_is_kept_to_the_depth_asked_for(void **state)
{
    uint32_t node = TRACE_NODE_END;

    for (uint64_t address = 5; address > 0; address--)
        node = log_writer_node(&writer, address, node, 0);
    log_writer_block(&writer, 0x1000, 1, node);
    load_depth(3);
    expect_stack(model.blocks[0].stack, STACK_LONGER, 3, (uint64_t[]){1, 2, 3});
}

static void stacks_that_differ_further_out_are_one(void **state)
{
    uint32_t a = log_writer_node(&writer, 0x300, TRACE_NODE_END, 0);
    uint32_t b = log_writer_node(&writer, 0x400, TRACE_NODE_END, 0);

    log_writer_block(&writer, 0x1000, 1, log_writer_node(&writer, 0x100, a, 0));
    log_writer_block(&writer, 0x2000, 1, log_writer_node(&writer, 0x100, b, 0));
    load_depth(1);
    assert_int_equal(model.blocks[0].stack, model.blocks[1].stack);
}

static void cut_stack_says_so(void **state)
{
    log_writer_block(&writer, 0x1000, 1, log_writer_node(&writer, 0x100, TRACE_NODE_CUT, 0));
    load();
    expect_stack(model.blocks[0].stack, STACK_CUT, 1, (uint64_t[]){0x100});
    assert_int_equal(model.note_count, 0);
}

static void block_without_a_stack_has_the_unknown_one(void **state)
{
    log_writer_block(&writer, 0x1000, 1, TRACE_NODE_END);
    load();
    expect_stack(model.blocks[0].stack, STACK_UNKNOWN, 0, NULL);
}

static void parent_cycle_ends_and_is_noted(void **state)
{
    uint32_t self = log_writer_node(&writer, 0x100, 2, 0);
    uint32_t forward = log_writer_node(&writer, 0x200, 4, 0);

    log_writer_node(&writer, 0x300, 3, 0);
    log_writer_block(&writer, 0x1000, 1, self);
    log_writer_block(&writer, 0x2000, 1, forward);
    log_writer_block(&writer, 0x3000, 1, TRACE_NODE_MAX);
    load();
    for (int i = 0; i < 3; i++)
        expect_stack(model.blocks[i].stack, STACK_DAMAGED, 0, NULL);
    expect_note("3 call stacks are damaged");
}

static void uncommitted_node_is_damage(void **state)
{
    log_writer_block(&writer, 0x1000, 1, log_writer_node(&writer, 0, 0, 0));
    load();
    expect_stack(model.blocks[0].stack, STACK_DAMAGED, 0, NULL);
}

static void frame_in_a_module_that_is_not_there_is_in_none(void **state)
{
    uint32_t module = log_writer_module(&writer, "/bin/x", 0x1000, 0x1000);

    log_writer_block(&writer, 0x1000, 1, log_writer_node(&writer, 0x100, TRACE_NODE_END, module));
    log_writer_block(&writer, 0x2000, 1,
                     log_writer_node(&writer, 0x200, TRACE_NODE_END, 4000000000u));
    load();
    assert_int_equal(model.frames[0].module, module);
    assert_string_equal(model.modules[module].path, "/bin/x");
    assert_int_equal(model.frames[1].module, 0);
}

static void build_id_of_impossible_length_is_bounded(void **state)
{
    log_writer_module(&writer, "/bin/x", 0x1000, 0x1000);
    ((struct trace_module *)(void *)writer.tables[TRACE_MODULES].bytes)[1].build_id_size = 1u << 31;
    load();
    assert_int_equal(model.modules[1].build_id_size, 40);
}

/* --- the process --------------------------------------------------------- */

static void totals_are_the_headers_after_the_end(void **state)
{
    writer.header.totals = (struct trace_totals){10, 4, 0, 1000, 300};
    log_writer_account(&writer, (struct trace_account){.thread = 1, .allocations = 99});
    load();
    assert_int_equal(model.totals.allocations, 10);
    assert_int_equal(model.bytes_in_use, 700);
}

static void totals_are_summed_before_the_end(void **state)
{
    writer.header.ending = TRACE_RUNNING;
    log_writer_thread(&writer, (struct trace_thread){.tid = 1});
    log_writer_thread(&writer, (struct trace_thread){.tid = 2, .bad_frees = 4});
    log_writer_account(
        &writer,
        (struct trace_account){
            .thread = 1, .allocations = 5, .frees = 1, .bytes_allocated = 500, .bytes_freed = 50});
    log_writer_account(
        &writer,
        (struct trace_account){
            .thread = 2, .allocations = 7, .frees = 2, .bytes_allocated = 70, .bytes_freed = 20});
    load();
    assert_int_equal(model.process, PROCESS_GONE);
    assert_int_equal(model.totals.allocations, 12);
    assert_int_equal(model.totals.frees, 3);
    assert_int_equal(model.totals.bad_frees, 4);
    assert_int_equal(model.bytes_in_use, 500);
}

static void running_process_is_known_by_pid_and_start(void **state)
{
    char line[1024];
    FILE *file = fopen("/proc/self/stat", "r");

    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    char *field = strrchr(line, ')') + 1;
    for (int i = 3; i < 22; i++)
        field = strchr(field + 1, ' ');
    writer.header.ending = TRACE_RUNNING;
    writer.header.pid = (uint32_t)getpid();
    struct stat status;
    assert_int_equal(stat("/proc/self/ns/pid", &status), 0);
    writer.header.pid_namespace = status.st_ino;
    writer.header.start_ticks = strtoull(field, NULL, 10);
    load();
    assert_int_equal(model.process, PROCESS_RUNNING);
}

static void pid_that_was_given_out_again_is_not_the_process(void **state)
{
    writer.header.ending = TRACE_RUNNING;
    writer.header.pid = (uint32_t)getpid();
    writer.header.start_ticks = 1;
    load();
    assert_int_equal(model.process, PROCESS_GONE);
}

static void process_of_another_container_is_not_called_killed(void **state)
{
    writer.header.ending = TRACE_RUNNING;
    writer.header.pid = (uint32_t)getpid();
    writer.header.pid_namespace = 12345;
    load();
    assert_int_equal(model.process, PROCESS_UNSEEN);
}

static void command_is_its_arguments_with_blanks(void **state)
{
    log_writer_command(&writer, "prog\0-x\0two words\0", 18);
    load();
    assert_string_equal(model.command, "prog -x two words");
}

static void bad_frees_do_not_hide_live_blocks(void **state)
{
    writer.header.totals = (struct trace_totals){2, 1, 1, 30, 10};
    load();
    assert_int_equal(model.bytes_in_use, 20);
    assert_int_equal(model.blocks_in_use, 1);
    assert_int_equal(model.totals.bad_frees, 1);
}

static void each_loss_is_a_note_with_its_number(void **state)
{
    writer.header.losses.blocks = 1234567;
    writer.header.losses.stacks_cut = 3;
    writer.header.check.threads_not_stopped = 2;
    writer.header.flags = TRACE_FLAG_INCOMPLETE;
    load();
    assert_int_equal(model.note_count, 4);
    expect_note("1,234,567 allocations did not fit");
    expect_note("3 call stacks are truncated");
    expect_note("2 threads did not stop");
    expect_note("The log is incomplete");
}

static void the_latest_check_is_a_note(void **state)
{
    for (int i = 0; i < 3; i++)
        log_writer_check(&writer, (struct trace_check){.scan = TRACE_SCAN_DONE,
                                                       .time_ns = 1500000000ull * (unsigned)i,
                                                       .leaks.bytes = {0, 40, 2000, 1000},
                                                       .leaks.blocks = {0, 1, 20, 10}});
    load();
    assert_int_equal(model.note_count, 1);
    expect_note(
        "Of 3 leak checks that were made while it ran, the latest, 3.000 s after the start, "
        "found 1,000 bytes in 10 blocks definitely lost, 2,000 bytes in 20 blocks "
        "indirectly lost and 40 bytes in 1 blocks possibly lost.");
}

static void check_that_found_nothing_out_says_why(void **state)
{
    log_writer_check(&writer, (struct trace_check){.obstacle = TRACE_OBSTACLE_MEMORY});
    load();
    expect_note("found nothing out: too little memory was left.");
}

static void count_of_checks_without_their_records_says_nothing(void **state)
{
    writer.header.checks = UINT64_MAX;
    load();
    assert_int_equal(model.note_count, 0);
}

static void errors_come_with_their_stacks(void **state)
{
    uint32_t bad = log_writer_node(&writer, 0x100, 0, 0);
    uint32_t allocated = log_writer_node(&writer, 0x200, 0, 0);

    log_writer_error(&writer, (struct trace_error){.kind = TRACE_INVALID_FREE,
                                                   .stack = bad,
                                                   .stack_allocated = allocated});
    log_writer_error(&writer, (struct trace_error){.kind = 1000, .stack = bad});
    load();
    assert_int_equal(model.misuse_count, 1);
    expect_stack(model.misuses[0].stack, STACK_WHOLE, 1, (uint64_t[]){0x100});
    expect_stack(model.misuses[0].stack_allocated, STACK_WHOLE, 1, (uint64_t[]){0x200});
    expect_stack(model.misuses[0].stack_freed, STACK_UNKNOWN, 0, NULL);
    expect_note("1 errors are damaged in the log: they are left out.");
}

/* --- a writer that means harm --------------------------------------------- */

enum { CHANGING = 20 };
static atomic_bool changed_enough;

/* Turns what is in range into what is not, and back. */
static void *change_records(void *log)
{
    unsigned char *bytes = log;
    struct trace_verdict *verdicts =
        (void *)(bytes + log_writer_extent(&writer, TRACE_VERDICTS, 0)->offset);
    struct trace_module *modules =
        (void *)(bytes + log_writer_extent(&writer, TRACE_MODULES, 0)->offset);
    struct trace_error *errors =
        (void *)(bytes + log_writer_extent(&writer, TRACE_ERRORS, 0)->offset);

    for (unsigned round = 0; !atomic_load(&changed_enough); round++)
        for (unsigned i = 0; i < CHANGING; i++) {
            __atomic_store_n(&verdicts[i].where,
                             round & 1 ? UINT64_MAX << TRACE_ADDRESS_BITS : 0x1000ull * (i + 1),
                             __ATOMIC_RELAXED);
            __atomic_store_n(&modules[i + 1].build_id_size, round & 1 ? 20000 : 20,
                             __ATOMIC_RELAXED);
            __atomic_store_n(&errors[i + 1].kind, round & 1 ? 200 : TRACE_INVALID_FREE,
                             __ATOMIC_RELAXED);
        }
    return NULL;
}

static void expect_all_in_range(void)
{
    for (size_t i = 0; i < model.block_count; i++) {
        assert_in_range(model.blocks[i].kind, 0, BLOCK_KINDS_COUNT);
        assert_in_range(model.blocks[i].heuristic, 0, TRACE_HEURISTICS_COUNT - 1);
    }
    for (uint32_t i = 0; i < model.module_count; i++)
        assert_in_range(model.modules[i].build_id_size, 0, sizeof model.modules[i].build_id);
    for (uint32_t i = 0; i < model.misuse_count; i++)
        assert_int_equal(model.misuses[i].record.kind, TRACE_INVALID_FREE);
}

static void record_that_changes_while_it_is_read_is_judged_as_it_is_kept(void **state)
{
    struct failure failure;
    pthread_t changer;

    for (uint32_t i = 0; i < CHANGING; i++) {
        uint32_t node = log_writer_node(&writer, 0x100 + i, 0, 0);

        log_writer_verdict(&writer, 0x1000 * (i + 1), 10, node, TRACE_REACHABLE, TRACE_HEAD_NONE);
        log_writer_module(&writer, "/a", 0x10000 * (i + 1), 0x1000);
        log_writer_error(&writer, (struct trace_error){.kind = TRACE_INVALID_FREE, .stack = node});
    }
    load();
    int fd = open(path, O_RDWR | O_CLOEXEC);
    void *log = mmap(NULL, writer.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_ptr_not_equal(log, MAP_FAILED);
    close(fd);
    atomic_store(&changed_enough, false);
    assert_int_equal(pthread_create(&changer, NULL, change_records, log), 0);
    assert_int_equal(log_reader_open(&reader, path, NULL, &failure), 0);
    for (int i = 0; i < 3000; i++) {
        model_free(&model);
        model_init(&model, path);
        load_log(&reader, 12, &model);
        expect_all_in_range();
    }
    log_reader_close(&reader);
    atomic_store(&changed_enough, true);
    pthread_join(changer, NULL);
    munmap(log, writer.size);
}

static void hole_in_the_verdicts_ends_them(void **state)
{
    log_writer_verdict(&writer, 0x1000, 10, 0, TRACE_REACHABLE, TRACE_HEAD_NONE);
    writer.header.check.verdicts = 3000000000;
    log_writer_finish(&writer);
    log_writer_extent(&writer, TRACE_VERDICTS, 0)->length = 1ull << 37;
    log_writer_save(&writer, path, writer.size);
    assert_int_equal(truncate(path, 1ll << 38), 0);
    open_and_load(12);
    assert_in_range(model.block_count, 1, 1 << 20);
    expect_note("of 3,000,000,000 blocks is missing");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_log, drop_log)
    const struct CMUnitTest tests[] = {
        TEST(live_block_is_loaded_whole),
        TEST(programs_before_an_exec_are_noted),
        TEST(blocks_are_ordered_by_address),
        TEST(empty_and_frozen_slots_hold_nothing),
        TEST(block_in_a_frozen_slot_counts),
        TEST(leaf_that_was_replaced_does_not_count),
        TEST(a_slot_says_all_of_its_block),
        TEST(block_without_a_slot_is_in_rare),
        TEST(leaf_that_is_not_in_the_log_is_noted),
        TEST(no_slot_is_used_by_many_pages),
        TEST(size_of_a_huge_verdict_is_in_rare),
        TEST(verdicts_replace_the_block_table),
        TEST(interrupted_leak_check_is_not_used),
        TEST(head_that_is_none_is_dropped_and_noted),
        TEST(block_that_is_nowhere_is_noted),
        TEST(verdicts_that_are_not_there_are_noted),
        TEST(stack_is_innermost_first),
        TEST(stack_is_kept_to_the_depth_asked_for),
        TEST(stacks_that_differ_further_out_are_one),
        TEST(cut_stack_says_so),
        TEST(block_without_a_stack_has_the_unknown_one),
        TEST(parent_cycle_ends_and_is_noted),
        TEST(uncommitted_node_is_damage),
        TEST(frame_in_a_module_that_is_not_there_is_in_none),
        TEST(build_id_of_impossible_length_is_bounded),
        TEST(totals_are_the_headers_after_the_end),
        TEST(totals_are_summed_before_the_end),
        TEST(running_process_is_known_by_pid_and_start),
        TEST(pid_that_was_given_out_again_is_not_the_process),
        TEST(process_of_another_container_is_not_called_killed),
        TEST(command_is_its_arguments_with_blanks),
        TEST(bad_frees_do_not_hide_live_blocks),
        TEST(each_loss_is_a_note_with_its_number),
        TEST(the_latest_check_is_a_note),
        TEST(check_that_found_nothing_out_says_why),
        TEST(count_of_checks_without_their_records_says_nothing),
        TEST(errors_come_with_their_stacks),
        TEST(record_that_changes_while_it_is_read_is_judged_as_it_is_kept),
        TEST(hole_in_the_verdicts_ends_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
