#include "base/metric.h"

static const struct {
    const char *name, *words;
    bool is_bytes;
} metric_table[METRICS_COUNT] = {
#define METRIC(id, name, words, is_bytes) [METRIC_##id] = {name, words, is_bytes},
#include "base/metric.def"
};

const char *metric_name(enum metric metric)
{
    return metric_table[metric].name;
}

const char *metric_words(enum metric metric)
{
    return metric_table[metric].words;
}

bool metric_is_bytes(enum metric metric)
{
    return metric_table[metric].is_bytes;
}
