#include "log_read.h"
#include "base/metric.h"
#include "read/load.h"
#include "read/log_reader.h"
#include "views/renderer.h"

struct log_load {
    const struct log_reader *reader;
    uint32_t depth;
    struct model *model;
};

static void log_load(void *context)
{
    struct log_load *load = context;

    load_log(load->reader, load->depth, load->model);
}

static bool log_wants_usage(const struct options *options)
{
    bool by_use = options->by && options->metric != METRIC_LOST && options->metric != METRIC_IN_USE;

    return by_use || options_want_usage(options) || renderer_of(options->format)->wants_usage ||
           options->xtree_memory != CLI_XTREE_NONE;
}

static uint32_t log_depth(const struct options *options)
{
    return options->own ? CLI_CALLERS_MAX : options->num_callers;
}

void log_read_export(const struct options *options, const struct process_entry *entry,
                     struct model *model, struct old_export *export)
{
    model_init(model, entry->path);
    if (log_wants_usage(options))
        model_want_usage(model);
    old_export_read(export, entry->exported, log_depth(options), model);
}

int log_read(const struct options *options, const char *path, bool only_errors, struct model *model,
             struct failure *failure)
{
    static struct log_reader reader;
    struct log_load load = {&reader, log_depth(options), model};

    if (log_reader_open(&reader, path, NULL, failure) != 0)
        return -1;
    model_init(model, path);
    model->only_errors = only_errors;
    model->wants_cycles = !only_errors && options->show_leaks;
    model->wants_graph =
        !only_errors && (options_want_holders(options) || options->by == CLI_BY_TYPE);
    if (!only_errors && log_wants_usage(options))
        model_want_usage(model);
    if (!only_errors && (options->growth || renderer_of(options->format)->wants_history))
        model_want_history(model);
    if (!only_errors && options->never_freed)
        model_want_ages(model);
    int result = log_file_guard(&reader.file, log_load, &load, failure);
    log_reader_close(&reader);
    return result;
}
