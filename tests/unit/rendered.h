/* rendered.h: a synthetic log, and the text that leakreport makes of it, for the tests of the text
 * view. A header, so that no other unit test is linked with what makes a report. */
#ifndef RENDERED_H
#define RENDERED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "read/load.h"
#include "log_writer.h"
#include "base/format.h"
#include "views/renderer.h"
#include "scratch.h"

static struct log_writer writer;
static const char *path;
static char *text; /* the report without its ==4242== */
static struct selection selection;
static uint32_t tracer, program;

static int make_log(void **state)
{
    log_writer_begin(&writer);
    tracer = log_writer_module(&writer, "/none/libtrace.so", 0x10000, 0x1000);
    program = log_writer_module(&writer, "/none/prog", 0x20000, 0x1000);
    log_writer_command(&writer, "./prog\0x\0", 9);
    path = scratch_path("trace.log");
    return 0;
}

static int drop_log(void **state)
{
    log_writer_end(&writer);
    free(text);
    text = NULL;
    return 0;
}

/* malloc in libtrace.so, called from `caller` in the program. */
static uint32_t stack(uint64_t caller)
{
    uint32_t outer = log_writer_node(&writer, 0x20000 + caller, TRACE_NODE_END, program);

    return log_writer_node(&writer, 0x10100 + 1, outer, tracer);
}

static void strip_prefix(char *lines, const char *prefix)
{
    char *out = lines;

    while (*lines) {
        size_t length = strcspn(lines, "\n") + 1;
        size_t skipped = strncmp(lines, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;

        memmove(out, lines + skipped, length - skipped);
        out += length - skipped;
        lines += length;
    }
    *out = 0;
}

/* Reads the log with these options and leaves the report in `text`. */
static void render(const char *option, ...)
{
    static struct log_reader reader;
    struct options options;
    struct model model;
    struct loss_records records;
    struct rankings rankings;
    struct failure failure;
    struct module_cache *modules = module_cache_new(true);
    char *arguments[10] = {(char *)"leakreport", (char *)path};
    int count = 2;
    size_t size;
    va_list more;

    va_start(more, option);
    for (; option; option = va_arg(more, const char *))
        arguments[count++] = (char *)option;
    va_end(more);
    assert_int_equal(cli_parse(&options, count, arguments, &failure), 0);
    log_writer_finish(&writer);
    log_writer_save(&writer, path, writer.size);
    assert_int_equal(log_reader_open(&reader, path, NULL, &failure), 0);
    model_init(&model, "trace.log");
    if (options_want_usage(&options))
        model_want_usage(&model);
    load_log(&reader, options.num_callers, &model);
    log_reader_close(&reader);
    struct symbolizer *symbolizer = symbolize_begin(&model, modules, NULL);
    group_blocks(&records, &model, UINT32_MAX);
    struct suppressions *suppressions = select_suppressions(&options, &failure);
    assert_non_null(suppressions);
    select_records(&selection, &options, &model, &records, symbolizer, suppressions);
    rank_stacks(&rankings, &options, &model, symbolizer);
    symbolize_note(symbolizer);
    FILE *out = open_memstream(&text, &size);
    struct report report = {.options = &options,
                            .model = &model,
                            .records = &records,
                            .selection = &selection,
                            .rankings = &rankings};
    renderer_prepare(&report);
    renderer_of(FORMAT_TEXT)->render(out, &report);
    fclose(out);
    strip_prefix(text, "==4242== ");
    rank_free(&rankings);
    group_free(&records);
    symbolize_end(symbolizer);
    model_free(&model);
    module_cache_free(modules);
    suppress_free(suppressions);
    options_free(&options);
}

static inline void expect(const char *expected)
{
    if (!strstr(text, expected))
        fail_msg("expected:\n%s\nin:\n%s", expected, text);
}

static inline void expect_not(const char *unwanted)
{
    if (strstr(text, unwanted))
        fail_msg("not expected:\n%s\nin:\n%s", unwanted, text);
}

/* The documented case: a lost wrapper, what hangs on it, and two reachable blocks. */
static inline void add_leaks(void)
{
    uint32_t head = log_writer_verdict(&writer, 0x1000, 16, stack(0x100), TRACE_DEFINITELY_LOST,
                                       TRACE_HEAD_NONE);

    log_writer_verdict(&writer, 0x2000, 1000, stack(0x200), TRACE_INDIRECTLY_LOST, head);
    log_writer_verdict(&writer, 0x2500, 2000, stack(0x200), TRACE_INDIRECTLY_LOST, head);
    log_writer_verdict(&writer, 0x3000, 64, stack(0x300), TRACE_POSSIBLY_LOST, TRACE_HEAD_NONE);
    log_writer_verdict(&writer, 0x4000, 136, stack(0x400), TRACE_REACHABLE, TRACE_HEAD_NONE);
    writer.header.totals = (struct trace_totals){34, 27, 2, 77412, 77412 - 3216};
}

#define RENDERED_TEST(name) cmocka_unit_test_setup_teardown(name, make_log, drop_log)

#endif
