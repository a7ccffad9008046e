#include "cli/cli_words.h"
#include <stddef.h>
#include "base/format.h"
#include "base/metric.h"
#include "base/options.h"
#include "trace_format.h"

const struct cli_word cli_yes_no[] = {{"yes", 1}, {"no", 0}, {NULL, 0}};
const struct cli_word cli_checks[] = {{"no", CLI_CHECK_NO},
                                      {"summary", CLI_CHECK_SUMMARY},
                                      {"yes", CLI_CHECK_FULL},
                                      {"full", CLI_CHECK_FULL},
                                      {NULL, 0}};
const struct cli_word cli_resolutions[] = {{"low", CLI_RESOLUTION_LOW},
                                           {"med", CLI_RESOLUTION_MED},
                                           {"high", CLI_RESOLUTION_HIGH},
                                           {NULL, 0}};
const struct cli_word cli_generated[] = {
    {"no", CLI_GENERATED_NO}, {"yes", CLI_GENERATED_ASKED}, {"all", CLI_GENERATED_ALL}, {NULL, 0}};
/* bad: of valgrind 3.26, for what is seen in the midst of the run. */
const struct cli_word cli_tracked[] = {{"no", 0}, {"bad", 0}, {"yes", 1}, {"all", 2}, {NULL, 0}};
const struct cli_word cli_follows[] = {
    {"screen", CLI_FOLLOW_SCREEN}, {"plain", CLI_FOLLOW_PLAIN}, {NULL, 0}};
const struct cli_word cli_kinds[] = {{"definite", CLI_BIT(TRACE_DEFINITELY_LOST)},
                                     {"indirect", CLI_BIT(TRACE_INDIRECTLY_LOST)},
                                     {"possible", CLI_BIT(TRACE_POSSIBLY_LOST)},
                                     {"reachable", CLI_BIT(TRACE_REACHABLE)},
                                     {"all", CLI_KINDS_ALL},
                                     {"none", 0},
                                     {NULL, 0}};
const struct cli_word cli_heuristics[] = {
#define WORD(heuristic, name) {name, CLI_BIT(heuristic)},
    TRACE_HEURISTICS(WORD){"all", TRACE_HEURISTICS_ALL}, {"none", 0}, {NULL, 0}};

const struct cli_word cli_orders[] = {{"bytes", CLI_BIT(CLI_ORDER_BYTES)},
                                      {"calls", CLI_BIT(CLI_ORDER_CALLS)},
                                      {"temporary", CLI_BIT(CLI_ORDER_TEMPORARY)},
                                      {"peak", CLI_BIT(CLI_ORDER_PEAK)},
                                      {"live", CLI_BIT(CLI_ORDER_LIVE)},
                                      {"moved", CLI_BIT(CLI_ORDER_MOVED)},
                                      {"mapped", CLI_BIT(CLI_ORDER_MAPPED)},
                                      {"all", CLI_BIT(CLI_ORDERS_COUNT) - 1},
                                      {NULL, 0}};

const struct cli_word cli_metrics[] = {
#define METRIC(id, name, words, is_bytes) {name, METRIC_##id},
#include "base/metric.def"
    {NULL, 0}};
const struct cli_word cli_shows[] = {{"increased", CLI_SHOW_INCREASED},
                                     {"changed", CLI_SHOW_CHANGED},
                                     {"new", CLI_SHOW_NEW},
                                     {"any", CLI_SHOW_ANY},
                                     {NULL, 0}};
const struct cli_word cli_formats[] = {
#define FORMAT(id, name, callers) {#name, FORMAT_##id},
#include "base/format.def"
    {NULL, 0}};

const struct cli_word cli_bys[] = {{"function", CLI_BY_FUNCTION}, {"file", CLI_BY_FILE},
                                   {"module", CLI_BY_MODULE},     {"line", CLI_BY_LINE},
                                   {"type", CLI_BY_TYPE},         {NULL, 0}};
const struct cli_word cli_sorts[] = {{"bytes", CLI_SORT_BYTES}, {"blocks", CLI_SORT_BLOCKS},
                                     {"kind", CLI_SORT_KIND},   {"size", CLI_SORT_SIZE},
                                     {"age", CLI_SORT_AGE},     {NULL, 0}};
const struct cli_word cli_colors[] = {
    {"auto", CLI_COLOR_AUTO}, {"always", CLI_COLOR_ALWAYS}, {"never", CLI_COLOR_NEVER}, {NULL, 0}};
const struct cli_word cli_protocols[] = {{"4", 4}, {"6", 6}, {NULL, 0}};

const struct cli_word cli_xtrees[] = {
    {"none", CLI_XTREE_NONE}, {"allocs", CLI_XTREE_ALLOCS}, {"full", CLI_XTREE_FULL}, {NULL, 0}};
