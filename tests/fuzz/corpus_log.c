/* corpus_log.c: makes logs for tests/fuzz/corpus/log, and large hostile ones.
 *
 *     corpus_log make FOLDER         every damage below, one file each, in pieces
 *     corpus_log pack LOG FILE       a log of a real program into pieces, its modules hidden
 *     corpus_log unpack FILE LOG     the other way round
 *
 * A damage is a function that changes a log with one of everything, before or after it is laid out.
 * What was once found is a line here, so that it outlives a change of the format. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "log_writer.h"
#include "pieces.h"

#define MODULE_PATH "/proc/self/cwd/module.so"
enum {
    MODULE_BIAS = 0x10000,
    MODULE_CODE = 0x1100, /* in module.so, 120 bytes of it */
    NODES = 12,
};

struct damaged {
    struct log_writer writer;
    uint32_t module;
    uint32_t nodes[NODES]; /* each the parent of the next */
    const char *module_path, *executable;
};

static void write_blocks(struct damaged *log)
{
    for (uint32_t i = 0; i < NODES; i++) {
        uint32_t head = i % 4 == TRACE_INDIRECTLY_LOST ? i + 1 : TRACE_HEAD_NONE;

        log_writer_block(&log->writer, 0x1000 * (i + 1), 100 * i, log->nodes[i]);
        log_writer_verdict(&log->writer, 0x1000 * (i + 1), 100 * i, log->nodes[i], i % 4, head);
    }
}

static void write_errors(struct damaged *log)
{
    for (uint32_t i = 0; i < 25; i++)
        log_writer_error(&log->writer, (struct trace_error){
                                           .kind = 1 + i / 5,
                                           .address_kind = i % 5,
                                           .address = MODULE_BIAS + 0x4000 + i,
                                           .block = i % 5 == TRACE_ADDRESS_STACK ? i / 5 : 0x14000,
                                           .block_size = 7 * i,
                                           .given = i,
                                           .stack = log->nodes[i % 5],
                                           .stack_allocated = log->nodes[3],
                                           .stack_freed = log->nodes[4],
                                           .tid = 4242 + i % 2,
                                           .count = i});
}

/* Threads, what each did with the stacks (the blocks made the counts), the peak, the timeline. */
static void write_usage(struct damaged *log)
{
    struct log_writer *writer = &log->writer;
    uint32_t thread = log_writer_thread(writer, (struct trace_thread){.tid = 1, .bad_frees = 3});
    struct log_table *table = &writer->tables[TRACE_ACCOUNTS];
    struct trace_account *counts = (void *)table->bytes;

    for (uint32_t i = 1; i < table->size / sizeof *counts; i++) {
        counts[i].allocations = i;
        counts[i].bytes_allocated = 100 * i;
        counts[i].bytes_at_peak = 90 * i;
        counts[i].blocks_at_peak = (int32_t)i;
        counts[i].peak_epoch = 7 + i % 2;
    }
    log_writer_account(writer, (struct trace_account){.thread = thread,
                                                      .stack = log->nodes[1],
                                                      .frees = 5,
                                                      .bytes_freed = 500,
                                                      .temporary = 2});
    for (uint64_t i = 1; i <= 8; i++)
        log_writer_sample(writer, (struct trace_sample){.time_ns = i * 1000000,
                                                        .live_bytes = 100 * i,
                                                        .live_blocks = i,
                                                        .resident_bytes = i << 20});
    log_writer_name(writer, 0x10000, 0, "a block");
    log_writer_name(writer, 0x1000, 0x7fffffff0000, "everywhere\033[31m]]>&");
    for (uint64_t i = 1; i <= 3; i++)
        log_writer_earlier(writer, (struct trace_earlier){.start_realtime_ns = i,
                                                          .totals.allocations = i,
                                                          .errors = i - 1,
                                                          .length = i == 3 ? 1000 : 6,
                                                          .command = "sh\0-c"});
    writer->header.peak = (struct trace_peak){
        .live_bytes = 700, .bytes = 5000, .time_ns = 4000000, .epoch = 8, .quantum = 16384};
}

/* One of everything. */
static void write_tables(struct damaged *log)
{
    struct log_writer *writer = &log->writer;

    writer->header.executable = log_writer_string(writer, log->executable);
    writer->header.tracer = log_writer_string(writer, "/opt/libtrace.so");
    log_writer_command(writer, "./prog\0-x\0", 10);
    log->module = log_writer_module(writer, log->module_path, MODULE_BIAS, 0x5000);
    for (uint32_t i = 0; i < NODES; i++)
        log->nodes[i] = log_writer_node(writer, MODULE_BIAS + MODULE_CODE + 9 * i,
                                        i ? log->nodes[i - 1] : 0, i % 5 == 4 ? 0 : log->module);
    write_blocks(log);
    write_errors(log);
    log_writer_rare(writer, 0x8000000, 1ull << 40, 0);
    write_usage(log);
    writer->header.totals.allocations = NODES;
    writer->header.totals.bytes_allocated = 100 * NODES * NODES / 2;
    writer->header.ending_stack = log->nodes[2];
}

/* --- damages: before the layout ------------------------------------------ */

#define BEFORE(name) static void name(struct damaged *log)
#define AFTER(name)  static void name(struct damaged *log)

static struct trace_verdict *verdict(struct damaged *log, unsigned index)
{
    return (struct trace_verdict *)(void *)log->writer.tables[TRACE_VERDICTS].bytes + index;
}
static struct trace_node *node(struct damaged *log, unsigned index)
{
    return (struct trace_node *)(void *)log->writer.tables[TRACE_NODES].bytes + log->nodes[index];
}
static struct trace_module *module(struct damaged *log)
{
    return (struct trace_module *)(void *)log->writer.tables[TRACE_MODULES].bytes + log->module;
}
static void all_errors(struct damaged *log, void (*change)(struct trace_error *))
{
    struct log_table *table = &log->writer.tables[TRACE_ERRORS];

    for (size_t at = 0; at < table->size; at += sizeof(struct trace_error))
        change((void *)(table->bytes + at));
}

BEFORE(whole)
{
    (void)log;
}
BEFORE(no_verdicts)
{
    log->writer.header.check.scan = TRACE_SCAN_NONE;
    log->writer.header.ending = TRACE_RUNNING;
}
BEFORE(scan_interrupted)
{
    log->writer.header.check.scan = TRACE_SCAN_RUNNING;
    log->writer.header.ending = TRACE_SIGNALED;
    log->writer.header.ending_value = 9;
}
BEFORE(scan_unknown)
{
    log->writer.header.check.scan = 77;
}
BEFORE(ending_unknown)
{
    log->writer.header.ending = 77;
}
BEFORE(signal_negative)
{
    log->writer.header.ending = TRACE_SIGNALED;
    log->writer.header.ending_value = INT32_MIN;
    log->writer.header.signal = (struct trace_signal){INT32_MIN, UINT32_MAX, UINT64_MAX};
}
BEFORE(signal_behind_the_last)
{
    log->writer.header.ending = TRACE_SIGNALED;
    log->writer.header.ending_value = 65;
}
BEFORE(became_nothing)
{
    log->writer.header.ending = TRACE_EXECED;
}
BEFORE(became_what_cannot_be_traced)
{
    log->writer.header.ending = TRACE_EXECED;
    log->writer.header.unfollowed = TRACE_UNFOLLOWED_WAYS - 1;
}
BEFORE(was_more_programs_than_there_are)
{
    log->writer.header.earlier = UINT32_MAX;
}
BEFORE(all_flags_and_losses)
{
    log->writer.header.flags = UINT32_MAX;
    memset(&log->writer.header.losses, 0xff, sizeof log->writer.header.losses);
}
BEFORE(counts_of_two_to_the_63)
{
    struct trace_totals *totals = &log->writer.header.totals;

    totals->allocations = totals->bytes_allocated = 1ull << 63;
    totals->frees = totals->bad_frees = 1ull << 63;
    log->writer.header.check.verdicts = 1ull << 63;
    log->writer.header.check.duration_ns = 1ull << 63;
}
static void error_of_many(struct trace_error *error)
{
    error->count = UINT64_MAX;
    error->given = error->block_size = 1ull << 63;
}
BEFORE(errors_of_two_to_the_64)
{
    all_errors(log, error_of_many);
}
static void error_on_far_frame(struct trace_error *error)
{
    error->address_kind = TRACE_ADDRESS_STACK;
    error->block = 1ull << 63;
}
BEFORE(errors_on_frames_that_are_not_there)
{
    all_errors(log, error_on_far_frame);
}
static void error_unknown(struct trace_error *error)
{
    error->kind = error->kind == 1 ? 6 : error->kind;
    error->address_kind = 99;
    error->stack = error->stack_freed = error->stack_allocated = UINT32_MAX;
}
BEFORE(errors_of_unknown_places_and_stacks)
{
    all_errors(log, error_unknown);
}
static void error_without_stacks(struct trace_error *error)
{
    error->stack = error->stack_freed = error->stack_allocated = 0;
}
BEFORE(errors_without_stacks)
{
    all_errors(log, error_without_stacks);
}
BEFORE(node_is_its_own_parent)
{
    node(log, 7)->parent = log->nodes[7];
}
BEFORE(nodes_in_a_cycle)
{
    node(log, 7)->parent = log->nodes[9];
}
BEFORE(node_of_no_module)
{
    node(log, 7)->module = UINT32_MAX;
    node(log, 8)->module = log->module + 1;
}
BEFORE(node_without_address)
{
    node(log, 7)->address = 0;
}
BEFORE(nodes_at_the_edges)
{
    node(log, 7)->address = 1;
    node(log, 8)->address = UINT64_MAX;
    node(log, 9)->address = 1ull << 63;
}
BEFORE(module_bias_overflows)
{
    module(log)->bias = UINT64_MAX;
}
BEFORE(module_backwards)
{
    module(log)->start = UINT64_MAX;
    module(log)->end = 1;
}
BEFORE(build_id_of_four_gigabytes)
{
    module(log)->build_id_size = UINT32_MAX;
}
BEFORE(string_of_four_gigabytes)
{
    module(log)->path.length = UINT32_MAX;
    log->writer.header.executable.length = UINT32_MAX;
}
BEFORE(string_at_two_to_the_64)
{
    module(log)->path.offset = UINT64_MAX;
    log->writer.header.tracer.offset = UINT64_MAX - 3;
}
BEFORE(sizes_elsewhere_without_rare)
{
    log->writer.tables[TRACE_RARE].size = 0;
    verdict(log, 3)->what |= TRACE_SIZE_ELSEWHERE;
    verdict(log, 4)->what |= TRACE_SIZE_ELSEWHERE;
}
BEFORE(size_of_two_to_the_64)
{
    struct trace_rare *rare = (void *)log->writer.tables[TRACE_RARE].bytes;

    rare[1].size = UINT64_MAX;
    rare[1].block.where = UINT64_MAX;
    verdict(log, 0)->what |= TRACE_SIZE_ELSEWHERE;
}
BEFORE(stacks_out_of_range)
{
    for (unsigned i = 0; i < NODES; i++)
        verdict(log, i)->what |= (uint64_t)TRACE_ACCOUNT_MAX << TRACE_SIZE_BITS;
}
BEFORE(heads_out_of_range)
{
    for (unsigned i = 0; i < NODES; i++)
        log_writer_heads(&log->writer)[i] = i % 2 ? UINT32_MAX : NODES;
}
BEFORE(heads_in_a_cycle)
{
    for (unsigned i = 0; i < NODES; i++) {
        verdict(log, i)->where |= (uint64_t)TRACE_INDIRECTLY_LOST << TRACE_KIND_SHIFT;
        log_writer_heads(&log->writer)[i] = (i + 1) % NODES;
    }
}
BEFORE(heads_missing)
{
    log->writer.tables[TRACE_HEADS].size = 0;
}
BEFORE(heuristics_out_of_range)
{
    for (unsigned i = 0; i < NODES; i += 2)
        verdict(log, i)->where |= (uint64_t)i << TRACE_HEURISTIC_SHIFT;
}
BEFORE(verdicts_of_no_address)
{
    for (unsigned i = 0; i < NODES; i += 2)
        verdict(log, i)->where = 31ull << 59;
}
BEFORE(places_of_every_kind)
{
    no_verdicts(log);
    for (uint64_t i = 0; i < 256; i++)
        log_writer_slot(&log->writer, 0x50000 + 16 * i, (i * 0x9e3779b97f4a7c15u) & ~511ull);
}
BEFORE(leaves_that_are_not_there)
{
    no_verdicts(log);
    *log_writer_leaf(&log->writer, 0x1000) = UINT64_MAX;
    *log_writer_leaf(&log->writer, 0x2000) = 1;
    *log_writer_leaf(&log->writer, 0x3000) = LOG_WRITER_SLOTS | 0xffffull << 48;
    *log_writer_leaf(&log->writer, 0x4000) = (LOG_WRITER_SLOTS - 64) | 511ull << 48;
}
BEFORE(leaf_of_every_page)
{
    no_verdicts(log);
    for (uint64_t page = 1; page < 2000; page++)
        *log_writer_leaf(&log->writer, page << TRACE_LEAF_SPAN_LOG2) = LOG_WRITER_SLOTS | 7ull
                                                                                              << 48;
}
BEFORE(regions_at_the_edges)
{
    struct trace_region *regions = (void *)log->writer.tables[TRACE_REGIONS].bytes;

    no_verdicts(log);
    regions[1].begin = UINT64_MAX;
    log_writer_block(&log->writer, 0x7fffffffe000, 1, 0);
    log_writer_block(&log->writer, 0x7fffffffe000, 2, 0);
}
BEFORE(stack_of_3000_frames)
{
    uint32_t parent = log->nodes[NODES - 1];

    for (unsigned i = 0; i < 3000; i++)
        parent =
            log_writer_node(&log->writer, MODULE_BIAS + MODULE_CODE + i % 100, parent, log->module);
    uint64_t count =
        log_writer_account(&log->writer, (struct trace_account){.thread = 1, .stack = parent});
    verdict(log, 3)->what = 300 | count << TRACE_SIZE_BITS;
    log->writer.header.ending_stack = parent;
}
static struct trace_account *counts(struct damaged *log)
{
    return (struct trace_account *)(void *)log->writer.tables[TRACE_ACCOUNTS].bytes;
}
static struct trace_sample *samples(struct damaged *log)
{
    return (struct trace_sample *)(void *)log->writer.tables[TRACE_TIMELINE].bytes;
}
BEFORE(counts_of_unknown_stacks_and_threads)
{
    no_verdicts(log);
    for (unsigned i = 1; i < NODES; i++) {
        counts(log)[i].stack = i % 2 ? UINT32_MAX : TRACE_NODE_CUT;
        counts(log)[i].thread = i % 3 ? UINT32_MAX : 0;
    }
}
BEFORE(counts_that_overflow)
{
    no_verdicts(log);
    for (unsigned i = 1; i < NODES; i++) {
        struct trace_account *count = &counts(log)[i];

        count->allocations = count->bytes_allocated = i % 2 ? UINT64_MAX : 1ull << 63;
        count->frees = count->bytes_freed = count->temporary = UINT64_MAX - i;
        count->bytes_at_peak = i % 2 ? INT64_MIN : INT64_MAX;
        count->blocks_at_peak = i % 2 ? INT32_MIN : INT32_MAX;
        count->peak_epoch = UINT32_MAX;
    }
}
BEFORE(counts_missing)
{
    log->writer.tables[TRACE_ACCOUNTS].size = 0;
}
BEFORE(peak_negative)
{
    log->writer.header.peak = (struct trace_peak){.live_bytes = INT64_MIN,
                                                  .bytes = -1,
                                                  .time_ns = UINT64_MAX,
                                                  .epoch = UINT32_MAX,
                                                  .quantum = UINT64_MAX};
}
BEFORE(peak_of_two_to_the_63)
{
    log->writer.header.peak.live_bytes = log->writer.header.peak.bytes = INT64_MAX;
    log->writer.header.peak.epoch = 0;
    log->writer.header.peak.quantum = 1ull << 63;
}
BEFORE(samples_backwards)
{
    for (unsigned i = 0; i < 8; i++)
        samples(log)[i].time_ns = i % 2 ? 8 - i : UINT64_MAX - i;
    samples(log)[3].live_bytes = samples(log)[3].live_blocks = UINT64_MAX;
    samples(log)[4].time_ns = 0;
    samples(log)[5].resident_bytes = UINT64_MAX;
}
BEFORE(samples_of_one_instant)
{
    for (unsigned i = 0; i < 8; i++)
        samples(log)[i] = (struct trace_sample){.time_ns = 1};
}
BEFORE(forked_child_with_threads_at_work)
{
    log->writer.header.flags = TRACE_FLAG_CHILD;
    log->writer.header.losses.fork_threads = UINT64_MAX;
    log->writer.header.parent_pid = log->writer.header.pid;
}
BEFORE(many_extents)
{
    log->writer.records_per_extent = 1;
}

/* --- damages: after the layout ------------------------------------------- */

static struct trace_header *header(struct damaged *log)
{
    return (struct trace_header *)(void *)log->writer.bytes;
}
static struct trace_extent *extent(struct damaged *log, enum trace_table table)
{
    return log_writer_extent(&log->writer, table, 0);
}
AFTER(version_newer)
{
    header(log)->version = TRACE_VERSION + 1;
}
AFTER(version_of_the_far_future)
{
    header(log)->version = UINT32_MAX;
    header(log)->header_size = 100000;
}
AFTER(version_older)
{
    header(log)->version = 0;
}
AFTER(byte_order_other)
{
    header(log)->byte_order = __builtin_bswap32(TRACE_BYTE_ORDER);
    header(log)->version = __builtin_bswap32(TRACE_VERSION);
}
AFTER(byte_order_of_nobody)
{
    header(log)->byte_order = 0x01010101;
}
AFTER(header_size_zero)
{
    header(log)->header_size = 0;
}
AFTER(directory_without_end)
{
    header(log)->extents_max = UINT32_MAX;
}
AFTER(no_magic)
{
    memset(log->writer.bytes, 0, TRACE_MAGIC_SIZE);
}
AFTER(text_instead)
{
    memcpy(log->writer.bytes, "\033]0;x\007 text", 11);
}
AFTER(program_instead)
{
    memcpy(log->writer.bytes, "\177ELF\002\001\001", 7);
}
AFTER(cut_in_the_magic)
{
    log->writer.size = 5;
}
AFTER(cut_in_the_header)
{
    log->writer.size = 300;
}
AFTER(cut_in_the_directory)
{
    log->writer.size = 5000;
}
AFTER(cut_behind_the_directory)
{
    log->writer.size = TRACE_DATA_OFFSET;
}
AFTER(cut_in_a_table)
{
    log->writer.size = extent(log, TRACE_NODES)->offset + 100;
}
AFTER(nothing)
{
    log->writer.size = 0;
}
AFTER(extents_overlap)
{
    extent(log, TRACE_NODES)->offset = extent(log, TRACE_VERDICTS)->offset;
}
AFTER(extents_of_the_same_records)
{
    struct trace_extent *entry = extent(log, TRACE_NODES);

    log->writer.extents++;
    struct trace_extent *second =
        (struct trace_extent *)(void *)(log->writer.bytes + TRACE_DIRECTORY_OFFSET) + 900;
    *second = *entry;
    second->offset = extent(log, TRACE_STRINGS)->offset;
    extent(log, TRACE_STRINGS)->kind = TRACE_FREE;
}
AFTER(extent_at_two_to_the_64)
{
    extent(log, TRACE_NODES)->offset = UINT64_MAX - TRACE_PAGE_SIZE + 1;
}
AFTER(extent_of_two_to_the_63)
{
    extent(log, TRACE_VERDICTS)->length = 1ull << 63;
    extent(log, TRACE_NODES)->length = UINT64_MAX - TRACE_PAGE_SIZE + 1;
}
AFTER(extent_from_two_to_the_55)
{
    extent(log, TRACE_MODULES)->first = 1ull << 55;
    extent(log, TRACE_NODES)->first = 1ull << 56;
}
AFTER(extent_in_the_header)
{
    extent(log, TRACE_STRINGS)->offset = 0;
    extent(log, TRACE_MODULES)->offset = TRACE_DIRECTORY_OFFSET;
}
AFTER(extent_not_at_a_page)
{
    extent(log, TRACE_VERDICTS)->offset += 8;
}
AFTER(extent_of_no_table)
{
    extent(log, TRACE_THREADS)->kind = UINT32_MAX;
    extent(log, TRACE_RARE)->kind = TRACE_TABLES_COUNT;
}
AFTER(extent_of_odd_length)
{
    extent(log, TRACE_VERDICTS)->length = 33;
    extent(log, TRACE_COMMAND)->length = 1;
}
AFTER(every_entry_the_same)
{
    struct trace_extent *directory = (void *)(log->writer.bytes + TRACE_DIRECTORY_OFFSET);

    for (unsigned i = log->writer.extents; i < TRACE_EXTENTS_MAX; i++)
        directory[i] = directory[i % 4];
}
AFTER(timeline_without_end)
{
    extent(log, TRACE_TIMELINE)->length = UINT64_MAX - TRACE_PAGE_SIZE + 1;
    extent(log, TRACE_ACCOUNTS)->first = 1ull << 57;
}
AFTER(counts_on_the_timeline)
{
    extent(log, TRACE_ACCOUNTS)->offset = extent(log, TRACE_TIMELINE)->offset;
}
AFTER(commands_twice)
{
    extent(log, TRACE_RARE)->kind = TRACE_COMMAND;
}

/* --- names ---------------------------------------------------------------- */

static const char *const hostile_names[] = {
    "/dev/zero",
    "/dev/full",
    "/dev/tty",
    "/",
    "",
    "relative/module.so",
    "/proc/self/mem",
    "/proc/self/maps",
    "/proc/self/cwd/no/such/module.so",
    "/proc/self/cwd/module.so/",
    "/proc/self/cwd/module.supp",
    "/proc/self/fd/0",
    "[vdso]",
    "/\033]0;renamed\007\033[31mred",
    "/\302\233"
    "31mred",
    "/\233"
    "31mred",
    "/\342\200\256reversed",
    "/two\nlines\r==1== HEAP SUMMARY:",
    "/%n%s%n%s",
    "/\377\376\375\300\200",
    "/a\tb\177c",
};
enum { NAMES = sizeof hostile_names / sizeof *hostile_names };

/* --- the lists ----------------------------------------------------------- */

#define DAMAGE(name, options)                                                                      \
    {                                                                                              \
#name, name, options                                                                       \
    }
static const struct damage {
    const char *name;
    void (*change)(struct damaged *);
    uint8_t options;
} before_layout[] = {
    DAMAGE(whole, 0x07),
    DAMAGE(whole, 0x1f),
    DAMAGE(whole, 0x87), /* 0x80: two logs */
    DAMAGE(whole, 0x40), /* 0x40: the use of memory */
    DAMAGE(no_verdicts, 0x0f),
    DAMAGE(scan_interrupted, 0),
    DAMAGE(scan_unknown, 0),
    DAMAGE(ending_unknown, 0),
    DAMAGE(signal_negative, 0),
    DAMAGE(signal_behind_the_last, 0),
    DAMAGE(became_nothing, 0),
    DAMAGE(became_what_cannot_be_traced, 0),
    DAMAGE(was_more_programs_than_there_are, 0),
    DAMAGE(all_flags_and_losses, 1),
    DAMAGE(counts_of_two_to_the_63, 7),
    DAMAGE(errors_of_two_to_the_64, 7),
    DAMAGE(errors_on_frames_that_are_not_there, 7),
    DAMAGE(errors_of_unknown_places_and_stacks, 15),
    DAMAGE(errors_without_stacks, 15),
    DAMAGE(node_is_its_own_parent, 1),
    DAMAGE(nodes_in_a_cycle, 1),
    DAMAGE(node_of_no_module, 1),
    DAMAGE(node_without_address, 1),
    DAMAGE(nodes_at_the_edges, 0x11),
    DAMAGE(module_bias_overflows, 1),
    DAMAGE(module_backwards, 1),
    DAMAGE(build_id_of_four_gigabytes, 1),
    DAMAGE(string_of_four_gigabytes, 1),
    DAMAGE(string_at_two_to_the_64, 1),
    DAMAGE(sizes_elsewhere_without_rare, 1),
    DAMAGE(size_of_two_to_the_64, 1),
    DAMAGE(stacks_out_of_range, 9),
    DAMAGE(heads_out_of_range, 1),
    DAMAGE(heads_in_a_cycle, 1),
    DAMAGE(heads_missing, 1),
    DAMAGE(heuristics_out_of_range, 1),
    DAMAGE(verdicts_of_no_address, 1),
    DAMAGE(places_of_every_kind, 1),
    DAMAGE(leaves_that_are_not_there, 1),
    DAMAGE(leaf_of_every_page, 1),
    DAMAGE(regions_at_the_edges, 9),
    DAMAGE(stack_of_3000_frames, 0x11),
    DAMAGE(counts_of_unknown_stacks_and_threads, 0x4f),
    DAMAGE(counts_that_overflow, 0x4f),
    DAMAGE(counts_missing, 0x4f),
    DAMAGE(peak_negative, 0x4f),
    DAMAGE(peak_of_two_to_the_63, 0x4f),
    DAMAGE(samples_backwards, 0x4f),
    DAMAGE(samples_of_one_instant, 0x4f),
    DAMAGE(forked_child_with_threads_at_work, 0x87),
    DAMAGE(many_extents, 1),
};
static const struct damage after_layout[] = {
    DAMAGE(version_newer, 0),
    DAMAGE(version_of_the_far_future, 0),
    DAMAGE(version_older, 0),
    DAMAGE(byte_order_other, 0),
    DAMAGE(byte_order_of_nobody, 0),
    DAMAGE(header_size_zero, 0),
    DAMAGE(directory_without_end, 0),
    DAMAGE(no_magic, 0),
    DAMAGE(no_magic, 0x80),
    DAMAGE(text_instead, 0),
    DAMAGE(program_instead, 0),
    DAMAGE(cut_in_the_magic, 0),
    DAMAGE(cut_in_the_header, 0),
    DAMAGE(cut_in_the_directory, 0),
    DAMAGE(cut_behind_the_directory, 0),
    DAMAGE(cut_in_a_table, 1),
    DAMAGE(nothing, 0),
    DAMAGE(extents_overlap, 1),
    DAMAGE(extents_of_the_same_records, 1),
    DAMAGE(extent_at_two_to_the_64, 1),
    DAMAGE(extent_of_two_to_the_63, 1),
    DAMAGE(extent_from_two_to_the_55, 1),
    DAMAGE(extent_in_the_header, 1),
    DAMAGE(extent_not_at_a_page, 1),
    DAMAGE(extent_of_no_table, 1),
    DAMAGE(extent_of_odd_length, 1),
    DAMAGE(every_entry_the_same, 1),
    DAMAGE(timeline_without_end, 0x4f),
    DAMAGE(counts_on_the_timeline, 0x4f),
    DAMAGE(commands_twice, 1),
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- files --------------------------------------------------------------- */

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "w");

    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "r");
    uint8_t *bytes = NULL;

    *size = 0;
    if (!file) {
        perror(path);
        exit(1);
    }
    for (size_t got = 1; got; *size += got) {
        bytes = realloc(bytes, *size + (1u << 16));
        if (!bytes)
            abort();
        got = fread(bytes + *size, 1, 1u << 16, file);
    }
    fclose(file);
    return bytes;
}

static void write_pieces(const char *path, const uint8_t *log, size_t log_size, uint8_t options)
{
    uint8_t choice[4] = {options & 0x3f, 0, (options >> 7) | (options & 0x40 ? 0x1e : 0)};
    size_t size;
    uint8_t *pieces = pieces_pack(log, log_size, choice, &size);

    write_file(path, pieces, size);
    free(pieces);
}

/* --- making -------------------------------------------------------------- */

static void make_log(struct damaged *log, const struct damage *before, const struct damage *after)
{
    log_writer_begin(&log->writer);
    write_tables(log);
    if (before)
        before->change(log);
    log_writer_finish(&log->writer);
    if (after)
        after->change(log);
}

static void make_one(const char *folder, const char *name, struct damaged *log, uint8_t options)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s-%02x", folder, name, options);
    write_pieces(path, log->writer.bytes, log->writer.size, options);
    log_writer_end(&log->writer);
}

static void make_all(const char *folder)
{
    struct damaged log = {.module_path = MODULE_PATH, .executable = MODULE_PATH};
    char name[64];

    for (size_t i = 0; i < COUNT(before_layout); i++) {
        make_log(&log, &before_layout[i], NULL);
        make_one(folder, before_layout[i].name, &log, before_layout[i].options);
    }
    for (size_t i = 0; i < COUNT(after_layout); i++) {
        make_log(&log, NULL, &after_layout[i]);
        make_one(folder, after_layout[i].name, &log, after_layout[i].options);
    }
    for (size_t i = 0; i < NAMES; i++) {
        log.module_path = log.executable = hostile_names[i];
        make_log(&log, NULL, NULL);
        snprintf(name, sizeof name, "name_%02zu", i);
        make_one(folder, name, &log, 0x0f);
    }
}

static void unpack(const char *from, const char *to)
{
    size_t size;
    uint8_t *pieces = read_file(from, &size);
    struct pieces_head head;
    int fd = open(to, O_RDWR | O_CREAT | O_TRUNC, 0600);

    if (fd < 0) {
        perror(to);
        exit(1);
    }
    pieces_unpack(pieces, size, fd, &head);
    close(fd);
    free(pieces);
}

/* Reading libc's symbols takes a thousand times as long as reading a small log: no module of the
 * corpus is found on the machine, by path or by build id. */
static void hide_modules(uint8_t *log, size_t size)
{
    const struct trace_extent *directory = (void *)(log + TRACE_DIRECTORY_OFFSET);

    for (unsigned i = 0; i < TRACE_EXTENTS_MAX; i++) {
        struct trace_module *modules = (void *)(log + directory[i].offset);

        for (size_t k = 0;
             directory[i].kind == TRACE_MODULES && k < directory[i].length / sizeof *modules; k++)
            modules[k].build_id_size = 0;
    }
    for (uint8_t *found = log; (found = memmem(found, (size_t)(log + size - found), "/usr/", 5));)
        memcpy(found, "/non/", 5);
}

static void pack(const char *from, const char *to)
{
    size_t size;
    uint8_t *log = read_file(from, &size);

    hide_modules(log, size);
    write_pieces(to, log, size, 0x07);
    free(log);
}

int main(int count, char **arguments)
{
    if (count == 3 && strcmp(arguments[1], "make") == 0)
        make_all(arguments[2]);
    else if (count == 4 && strcmp(arguments[1], "pack") == 0)
        pack(arguments[2], arguments[3]);
    else if (count == 4 && strcmp(arguments[1], "unpack") == 0)
        unpack(arguments[2], arguments[3]);
    else
        return fprintf(stderr, "corpus_log make FOLDER | pack LOG FILE | unpack FILE LOG\n"), 2;
    return 0;
}
