/* follow_data.h: what a running program's log says now, and what has changed since it was last
 * asked.
 *
 * All of it is read from the log: the program is asked nothing. */
#ifndef FOLLOW_DATA_H
#define FOLLOW_DATA_H

#include "base/options.h"
#include "judge/growth.h"
#include "live/live_log.h"
#include "read/model.h"
#include "symbols/symbolize.h"

struct follow_row {
    uint32_t stack;
    uint64_t age; /* names the stack from one look to the next */
    uint64_t bytes, blocks;
    uint64_t allocations;
    double bytes_per_second; /* live ones */
    double calls_per_second;
    enum growth_kind growth;
};
struct follow_data {
    const struct options *options;
    struct live_log log;
    struct module_cache *modules;
    bool is_loaded;
    struct model model;
    struct symbolizer *symbolizer;
    struct follow_row *rows; /* by age */
    uint32_t count;
    uint64_t taken_ns; /* CLOCK_MONOTONIC, of the latest look; and its totals */
    struct trace_totals totals;
    double allocations_per_second, frees_per_second, bytes_per_second; /* allocated */
    uint64_t resident;                                                 /* 0: not known */
};

int follow_data_begin(struct follow_data *data, const struct options *options, const char *word,
                      struct failure *failure);
/* Looks again. -1 with `failure` filled: the log cannot be read any longer. */
int follow_data_look(struct follow_data *data, struct failure *failure);
/* Whether the process is there still. */
bool follow_data_runs(const struct follow_data *data);
double follow_data_seconds(const struct follow_data *data);
void follow_data_end(struct follow_data *data);

#endif
