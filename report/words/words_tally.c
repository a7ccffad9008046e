#include "words/words_tally.h"
#include <stdio.h>
#include "base/options.h"

const char *words_by(int by)
{
    static const char *const words[] = {
        [CLI_BY_NOTHING] = "",      [CLI_BY_FUNCTION] = "function", [CLI_BY_FILE] = "file",
        [CLI_BY_MODULE] = "module", [CLI_BY_LINE] = "line",         [CLI_BY_TYPE] = "type"};

    return words[by];
}

void words_tally_title(char title[WORDS_TALLY_TITLE], enum metric metric, int by)
{
    snprintf(title, WORDS_TALLY_TITLE, "%s by %s", metric_words(metric), words_by(by));
}

const char *words_tally_second(enum metric metric)
{
    return metric == METRIC_CALLS                                     ? "bytes"
           : metric == METRIC_ALLOCATED || metric == METRIC_TEMPORARY ? "calls"
                                                                      : "blocks";
}

struct words_share words_share(uint64_t part, uint64_t whole)
{
    struct words_share share;
    double percent = whole ? 100.0 * (double)part / (double)whole : 0.0;

    snprintf(share.text, sizeof share.text, "%.1f%%", percent > 100.0 ? 100.0 : percent);
    return share;
}
