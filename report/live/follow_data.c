#include "live/follow_data.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/memory.h"
#include "read/load.h"
#include "read/log_reader.h"

int follow_data_begin(struct follow_data *data, const struct options *options, const char *word,
                      struct failure *failure)
{
    *data = (struct follow_data){.options = options};
    if (live_log_open(&data->log, word, failure) != 0)
        return -1;
    data->modules = module_cache_new(options->demangle);
    return 0;
}

static void follow_forget(struct follow_data *data)
{
    if (data->is_loaded) {
        symbolize_end(data->symbolizer);
        model_free(&data->model);
    }
    data->is_loaded = false;
}

void follow_data_end(struct follow_data *data)
{
    follow_forget(data);
    free(data->rows);
    module_cache_free(data->modules);
    live_log_close(&data->log);
}

bool follow_data_runs(const struct follow_data *data)
{
    return data->log.header->ending == TRACE_RUNNING && live_log_runs(&data->log);
}

/* --- the log ------------------------------------------------------------- */

struct follow_load {
    const struct log_reader *reader;
    struct follow_data *data;
};

static void follow_load(void *context)
{
    struct follow_load *load = context;

    load_log(load->reader, load->data->options->num_callers, &load->data->model);
}

/* Blocks are left out: nobody asks for single ones. */
static int follow_read(struct follow_data *data, struct failure *failure)
{
    static struct log_reader reader;
    struct follow_load load = {&reader, data};

    if (log_reader_open(&reader, data->log.path, NULL, failure) != 0)
        return -1;
    model_init(&data->model, data->log.path);
    data->model.only_errors = true;
    model_want_history(&data->model);
    int result = log_file_guard(&reader.file, follow_load, &load, failure);
    log_reader_close(&reader);
    if (result == 0)
        data->symbolizer = symbolize_begin(&data->model, data->modules, NULL);
    else
        model_free(&data->model);
    data->is_loaded = result == 0;
    return result;
}

static uint64_t follow_resident(int pid)
{
    char *path = memory_text("/proc/%d/statm", pid);
    FILE *file = fopen(path, "re");
    unsigned long pages = 0;

    if (file && fscanf(file, "%*u %lu", &pages) != 1)
        pages = 0;
    if (file)
        fclose(file);
    free(path);
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* --- rows ---------------------------------------------------------------- */

static int follow_compare_ages(const void *left, const void *right)
{
    const struct follow_row *a = left, *b = right;

    return (a->age > b->age) - (a->age < b->age);
}

static enum growth_kind follow_growth(const struct history *history, uint32_t stack)
{
    struct growth_point points[TRACE_MOMENTS_MAX + 1];
    const struct stack_history *of = stack < history->stack_count ? history->stacks[stack] : NULL;

    for (uint32_t i = 0; of && i < history->count; i++)
        points[i] = (struct growth_point){(double)history->time_ns[i] / 1e9,
                                          of->bytes[i] > 0 ? (double)of->bytes[i] : 0,
                                          of->blocks[i] > 0 ? (double)of->blocks[i] : 0};
    return of ? growth_judge(points, history->count).kind : GROWTH_UNCLEAR;
}

static uint64_t follow_positive(uint64_t difference)
{
    return (int64_t)difference > 0 ? difference : 0;
}

static struct follow_row follow_make_row(const struct model *model, uint32_t stack)
{
    const struct stack_use *use = &model->usage->stacks[stack];

    return (struct follow_row){.stack = stack,
                               .age = model->stack_ages[stack],
                               .bytes = follow_positive(use->bytes_allocated - use->bytes_freed),
                               .blocks = follow_positive(use->allocations - use->frees),
                               .allocations = use->allocations,
                               .growth = follow_growth(model->history, stack)};
}

/* What it was before; both are in the order of ages. */
static void follow_add_rates(struct follow_row *row, const struct follow_row *before,
                             uint32_t count, double seconds)
{
    const struct follow_row *known =
        count ? bsearch(row, before, count, sizeof *before, follow_compare_ages) : NULL;

    if (!known || seconds <= 0)
        return;
    row->bytes_per_second = ((double)row->bytes - (double)known->bytes) / seconds;
    row->calls_per_second = (double)(row->allocations - known->allocations) / seconds;
}

static void follow_make_rows(struct follow_data *data, double seconds)
{
    const struct model *model = &data->model;
    struct follow_row *before = data->rows;
    uint32_t before_count = data->count, capacity = 0;

    data->rows = NULL;
    data->count = 0;
    for (uint32_t i = 0; i < model->usage->stack_count && i < model_stack_count(model); i++) {
        if (!model->usage->stacks[i].allocations)
            continue;
        memory_reserve(data->rows, data->count, capacity);
        struct follow_row *row = &data->rows[data->count++];
        *row = follow_make_row(model, i);
        follow_add_rates(row, before, before_count, seconds);
    }
    if (data->count)
        qsort(data->rows, data->count, sizeof *data->rows, follow_compare_ages);
    free(before);
}

/* --- a look -------------------------------------------------------------- */

static void follow_make_totals(struct follow_data *data, double seconds)
{
    const struct trace_totals *now = &data->model.totals, *before = &data->totals;

    data->allocations_per_second = data->frees_per_second = data->bytes_per_second = 0;
    if (seconds > 0) {
        data->allocations_per_second = (double)(now->allocations - before->allocations) / seconds;
        data->frees_per_second = (double)(now->frees - before->frees) / seconds;
        data->bytes_per_second = (double)(now->bytes_allocated - before->bytes_allocated) / seconds;
    }
    data->totals = *now;
}

int follow_data_look(struct follow_data *data, struct failure *failure)
{
    struct timespec now;

    follow_forget(data);
    module_cache_trim(data->modules);
    if (follow_read(data, failure) != 0)
        return -1;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t taken = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    double seconds = data->taken_ns ? (double)(taken - data->taken_ns) / 1e9 : 0;
    follow_make_totals(data, seconds);
    follow_make_rows(data, seconds);
    data->resident = follow_resident(data->log.pid);
    data->taken_ns = taken;
    return 0;
}

double follow_data_seconds(const struct follow_data *data)
{
    const struct trace_header *header = data->log.header;
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t end = header->end_realtime_ns
                       ? header->end_realtime_ns
                       : (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    return end > header->start_realtime_ns ? (double)(end - header->start_realtime_ns) / 1e9 : 0;
}
