/* Who points at whom, as the log has it: POINTERS, ROOTS, and the verdicts where those are absent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "log_writer.h"
#include "read/load.h"
#include "scratch.h"

static struct log_writer writer;
static struct model model;
static unsigned char bytes[4096];
static size_t size;

static int make_log(void **state)
{
    log_writer_begin(&writer);
    size = 0;
    for (uint64_t i = 0; i < 4; i++)
        log_writer_verdict(&writer, 0x1000 + i * 0x100, 0x100, 0, TRACE_REACHABLE, TRACE_HEAD_NONE);
    return 0;
}

static int drop_log(void **state)
{
    model_free(&model);
    log_writer_end(&writer);
    return 0;
}

static void put(uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        bytes[size++] = (unsigned char)(number | 0x80);
    bytes[size++] = (unsigned char)number;
}

static void put_signed(int64_t number)
{
    put(number < 0 ? ~((uint64_t)number << 1) : (uint64_t)number << 1);
}

static void put_root(int64_t words, int64_t target, uint64_t inside)
{
    put((words < 0 ? ~((uint64_t)words << 1) : (uint64_t)words << 1) << 1 | (inside != 0));
    put_signed(target);
    if (inside)
        put(inside);
}

static void put_block(uint64_t step, uint64_t place, int64_t target, uint64_t inside)
{
    put(step << 2 | (inside != 0));
    put(place);
    put_signed(target);
    if (inside)
        put(inside);
}

static void put_word(uint64_t step, int64_t words)
{
    put(step << 2 | TRACE_POINTER_TO_MODULE);
    put_signed(words);
}

static void load(void)
{
    static struct log_reader reader;
    const char *path = scratch_path("trace.log");
    struct failure failure;

    if (size)
        log_writer_pointers(&writer, bytes, size);
    log_writer_finish(&writer);
    log_writer_save(&writer, path, writer.size);
    assert_int_equal(log_reader_open(&reader, path, NULL, &failure), 0);
    model_init(&model, path);
    model.wants_graph = true;
    load_log(&reader, 12, &model);
    log_reader_close(&reader);
}

static bool is_damaged(void)
{
    for (uint32_t i = 0; i < model.note_count; i++)
        if (model.notes[i].kind == NOTE_POINTERS_DAMAGED)
            return true;
    return false;
}

static void expect_pointer(uint32_t block, uint32_t number, uint32_t place, uint32_t to,
                           uint32_t inside)
{
    const struct graph *graph = model.graph;
    uint32_t pointer = graph->first[block] + number;

    assert_true(pointer < graph->first[block + 1]);
    assert_int_equal(graph->place[pointer], place);
    assert_int_equal(graph->to[pointer], to);
    assert_int_equal(graph->inside[pointer], inside);
}

static void expect_root(size_t number, uint64_t at, uint32_t to, uint32_t inside)
{
    assert_true(number < model.graph->root_count);
    assert_int_equal(model.graph->roots[number].at, at);
    assert_int_equal(model.graph->roots[number].to, to);
    assert_int_equal(model.graph->roots[number].inside, inside);
}

static void put_example(void)
{
    put_root(0x8000 / 8, 2, 0);
    put_root(-1, -2, 40);
    put_root((int64_t)(((1ull << 56) + 8 - 0x7ff8) / 8), 1, 0);
    put(0);
    put_block(1, 0, -1, 0);  /* 0 +0 -> 0 */
    put_block(0, 5, 3, 16);  /* 0 +40 -> 3, 16 behind its start */
    put_block(3, 31, -1, 0); /* 3 +248 -> 2 */
}

static void pointers_are_read(void **state)
{
    put_example();
    log_writer_root(&writer, (struct trace_root){.begin = 0x7000, .end = 0x9000, .kind = 1});
    log_writer_root(&writer, (struct trace_root){.begin = 0x9000, .end = 0x9000, .kind = 1});
    log_writer_root(&writer, (struct trace_root){.begin = 0x7000, .end = 0x9000, .kind = 99});
    load();
    assert_false(is_damaged());
    assert_false(model.graph->is_partial);
    assert_int_equal(model.graph->root_count, 3);
    expect_root(0, 0x8000, 2, 0);
    expect_root(1, 0x7ff8, 0, 40);
    expect_root(2, (1ull << 56) + 8, 1, 0);
    assert_int_equal(graph_pointer_count(model.graph), 3);
    expect_pointer(0, 0, 0, 0, 0);
    expect_pointer(0, 1, 5, 3, 16);
    expect_pointer(3, 0, 31, 2, 0);
    assert_int_equal(model.graph->first[1], 2);
    assert_int_equal(model.graph->first[3], 2);
    assert_int_equal(model.graph->fact_count, 1);
}

/* The word that a block begins with, if that leads to a module. Its other pointers count from
 * there.
 */
static void first_words_are_read(void **state)
{
    put(0);
    put_word(1, 0x7010 / 8);
    put_block(0, 3, 2, 0);
    put_word(2, -2);
    put_word(1, 2);
    load();
    assert_false(is_damaged());
    assert_int_equal(model.graph->word_count, 3);
    assert_int_equal(model.graph->words[0].block, 0);
    assert_int_equal(model.graph->words[0].word, 0x7010);
    assert_int_equal(model.graph->words[1].block, 2);
    assert_int_equal(model.graph->words[1].word, 0x7000);
    assert_int_equal(model.graph->words[2].block, 3);
    assert_int_equal(model.graph->words[2].word, 0x7010);
    assert_int_equal(graph_pointer_count(model.graph), 1);
    expect_pointer(0, 0, 3, 2, 0);
}

/* A hostile table gives what stands in front of its fault, and a note. */
static void damage_ends_the_table(void **state)
{
    put_example();
    put_block(1, 0, 0, 0); /* there is no block 4 */
    put_block(0, 1, 0, 0);
    load();
    assert_true(is_damaged());
    assert_int_equal(graph_pointer_count(model.graph), 3);
    expect_pointer(3, 0, 31, 2, 0);
}

static void target_that_is_no_block_is_damage(void **state)
{
    put(0);
    put_block(2, 7, 1, 0);
    put_block(0, 1, 3, 0);
    load();
    assert_true(is_damaged());
    assert_int_equal(graph_pointer_count(model.graph), 1);
    expect_pointer(1, 0, 7, 1, 0);
}

static void endless_number_is_damage(void **state)
{
    put_root(4, 1, 0);
    memset(bytes + size, 0xff, 100);
    size += 100;
    load();
    assert_true(is_damaged());
    assert_int_equal(model.graph->root_count, 1);
    expect_root(0, 32, 1, 0);
}

static void every_cut_is_survived(void **state)
{
    static struct log_reader reader;
    const char *path = scratch_path("trace.log");
    struct failure failure;

    put_example();
    log_writer_pointers(&writer, bytes, size);
    log_writer_finish(&writer);
    for (size_t length = 1; length <= size; length++) {
        log_writer_extent(&writer, TRACE_POINTERS, 0)->length = length;
        log_writer_save(&writer, path, writer.size);
        assert_int_equal(log_reader_open(&reader, path, NULL, &failure), 0);
        model_init(&model, path);
        model.wants_graph = true;
        load_log(&reader, 12, &model);
        log_reader_close(&reader);
        assert_true(graph_pointer_count(model.graph) <= 3);
        if (length < size)
            model_free(&model);
    }
    assert_int_equal(graph_pointer_count(model.graph), 3);
}

static void verdicts_say_who_pointed_first(void **state)
{
    log_writer_verdict(&writer, 0x2000, 8, 0, TRACE_REACHABLE, TRACE_HEAD_NONE);
    log_writer_last_verdict(&writer)->pointer_at = 0x1210;
    log_writer_verdict(&writer, 0x3000, 8, 0, TRACE_REACHABLE, TRACE_HEAD_NONE);
    log_writer_last_verdict(&writer)->pointer_at = 0x7777000;
    log_writer_verdict(&writer, 0x4000, 8, 0, TRACE_REACHABLE, TRACE_HEAD_NONE);
    log_writer_last_verdict(&writer)->pointer_at = 1;
    load();
    assert_true(model.graph->is_partial);
    assert_int_equal(graph_pointer_count(model.graph), 1);
    expect_pointer(2, 0, 2, 4, 0);
    assert_int_equal(model.graph->root_count, 2);
    expect_root(0, 0x7777000, 5, 0);
    expect_root(1, TRACE_ROOT_REGISTERS, 6, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_log, drop_log)
        CASE(pointers_are_read),
        CASE(first_words_are_read),
        CASE(damage_ends_the_table),
        CASE(target_that_is_no_block_is_damage),
        CASE(endless_number_is_damage),
        CASE(every_cut_is_survived),
        CASE(verdicts_say_who_pointed_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
