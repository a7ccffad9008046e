#include "cli/cli_check.h"
#include "base/format.h"
#include "base/metric.h"
#include "cli/cli_words.h"
#include "trace_format.h"
#include <string.h>

/* --- what is refused ----------------------------------------------------- */

/* A form that is asked for later than the page would be written under its name. One that is asked
 * for earlier, in an option file perhaps, gives way to the page, as the last of two forms does. */
static bool cli_is_page_in_another_form(const struct options *options)
{
    return options->log_to.option && strcmp(options->log_to.option, "--html") == 0 &&
           (options->format != FORMAT_HTML || options->xml);
}

/* As valgrind: XML among the program's own lines would be no XML. */
static int cli_check_format(const struct options *options, struct failure *failure)
{
    if (cli_is_page_in_another_form(options))
        return failure_set(failure,
                           "--html=FILE writes a page, and another form was asked for, "
                           "too: give one of the two, the other form with --log-file=FILE");
    if (options->xml && !options_has_destination(&options->xml_to))
        return failure_set(failure, "--xml=yes needs a place to write to: add --xml-file=FILE, "
                                    "--xml-fd=N or --xml-socket=ADDRESS:PORT");
    if (options->format == FORMAT_XML && options->gen_suppressions == CLI_GENERATED_ASKED)
        return failure_set(failure, "XML goes with --gen-suppressions=all or no, not with "
                                    "yes: nobody can be asked there");
    if (options->mode == CLI_TRACE && options->format != FORMAT_TEXT &&
        !options_has_destination(&options->xml_to) && !options_has_destination(&options->log_to))
        return failure_set(failure, "--format needs a place to write to, apart from the program's "
                                    "output: add --log-file=FILE");
    return 0;
}

/* Forms of one log each: two of them are what their readers compare. */
static bool cli_compares(int format)
{
    return format == FORMAT_TEXT || format == FORMAT_XML || format == FORMAT_SARIF ||
           format == FORMAT_JUNIT || format == FORMAT_HTML || format == FORMAT_JSON ||
           format == FORMAT_FOLDED;
}

static int cli_check_diff(const struct options *options, struct failure *failure)
{
    if (options->show_changes_asked && !options->diff.count)
        return failure_set(failure, "--show is about what has changed: add --diff=OLD, the log to "
                                    "compare with");
    if (options->diff.count && !cli_compares(options->format))
        return failure_set(failure, "--diff goes with --format=text, html, json, folded, sarif, "
                                    "junit and xml; write the other forms for each log, and "
                                    "compare these");
    return 0;
}

static int cli_check_follow(const struct options *options, struct failure *failure)
{
    if (options->follow && options->logs.count != 1)
        return failure_set(failure, "--follow watches one process: leakreport --follow PID, or "
                                    "--follow trace.log");
    return 0;
}

/* What shows stacks and no loss records. */
static bool cli_is_profile(int format)
{
    return format == FORMAT_FOLDED || format == FORMAT_PPROF || format == FORMAT_CALLGRIND ||
           format == FORMAT_MASSIF || format == FORMAT_CSV;
}

/* An option that a form has no place for is refused: it would look as if it had been obeyed. */
static int cli_check_views(const struct options *options, struct failure *failure)
{
    int format = options->format;

    if (options->diff.count &&
        (options->own || options->by || options->filters.count || options->sort || options->limit))
        return failure_set(failure, "--diff does not go with --own, --by, --filter, --sort and "
                                    "--limit: what is compared is whole; leave them out");
    if (options->own && format != FORMAT_TEXT)
        return failure_set(failure, "--own folds the stacks of --format=text; other forms keep "
                                    "every frame: leave out one of the two");
    if (options->by && format != FORMAT_TEXT && format != FORMAT_JSON && format != FORMAT_HTML)
        return failure_set(failure, "--by goes with --format=text, json and html: the other "
                                    "forms hold whole stacks, and their readers sum them up");
    if ((options->limit || options->sort) && cli_is_profile(format))
        return failure_set(failure,
                           "--sort and --limit are about loss records, and this --format "
                           "has all stacks and no records; --filter=TEXT makes it smaller");
    if (options->filters.count && format == FORMAT_MASSIF)
        return failure_set(failure, "--filter does not go with --format=massif: how much memory "
                                    "was in use over time is not known by stack");
    return 0;
}

int cli_check(const struct options *options, struct failure *failure)
{
    if (cli_check_views(options, failure) != 0)
        return -1;
    if (cli_check_follow(options, failure) != 0)
        return -1;
    if (options->core && (options->mode != CLI_REPORT || options->logs.count > 1 ||
                          options->check || options->follow))
        return failure_set(failure, "--core goes with the one log of its process: leakreport "
                                    "trace.log --core=FILE");
    if (options->mode == CLI_REPORT && options->logs.count == 0 && !options->core)
        return failure_set(failure, "%s",
                           options->check
                               ? "no process is given: leakreport --check PID, or --check trace.log"
                               : "no log is given: leakreport [OPTIONS] trace.log; leakreport "
                                 "--help says more");
    if (options->exit_on_first_error && !options->error_exitcode)
        return failure_set(failure, "--exit-on-first-error=yes needs an exit status for it: add "
                                    "--error-exitcode=N");
    /* With a program it is one of many that are not 0: valgrind allows it, and scripts use it. */
    if (options->mode == CLI_REPORT && options->error_exitcode == 2)
        return failure_set(failure, "--error-exitcode=2 is not allowed: exit status 2 means that "
                                    "leakreport could not do its work; choose another number");
    return cli_check_diff(options, failure) == 0 ? cli_check_format(options, failure) : -1;
}

/* --- what follows from what was asked ------------------------------------ */

/* By format. */
static const unsigned cli_callers[FORMATS_COUNT] = {
#define FORMAT(id, name, callers) [FORMAT_##id] = callers,
#include "base/format.def"
};

/* What a comparison's text measures, beside loss records. */
static void cli_finish_diff(struct options *options)
{
    static const unsigned orders[METRICS_COUNT] = {[METRIC_IN_USE] = CLI_BIT(CLI_ORDER_LIVE),
                                                   [METRIC_PEAK] = CLI_BIT(CLI_ORDER_PEAK),
                                                   [METRIC_ALLOCATED] = CLI_BIT(CLI_ORDER_BYTES),
                                                   [METRIC_CALLS] = CLI_BIT(CLI_ORDER_CALLS),
                                                   [METRIC_TEMPORARY] =
                                                       CLI_BIT(CLI_ORDER_TEMPORARY)};

    if (options->diff.count && options->format == FORMAT_TEXT)
        options->top_orders |= orders[options->metric];
}

/* The program's own frame may be far out, and so may what --filter looks for. */
static unsigned cli_default_callers(const struct options *options)
{
    bool looks_for = options->filters.count || (options->by && !options->own);

    return looks_for ? CLI_CALLERS_MAX : cli_callers[options->format];
}

/* A --top that names no order gives --peak its number. */
void cli_finish(struct options *options)
{
    cli_finish_diff(options);
    if (options->peak)
        options->top_orders |= CLI_BIT(CLI_ORDER_PEAK);
    else if (options->top_asked && !options->top_orders)
        options->top_orders = CLI_BIT(CLI_ORDER_BYTES);
    options->show_leaks |= !options_want_usage(options) && !options_want_holders(options);
    if (options->xml)
        options->format = FORMAT_XML;
    if (options->format == FORMAT_XML)
        options->leak_check = CLI_CHECK_FULL;
    /* Beside leaks, and not in place of them. */
    if (options->format == FORMAT_PROMETHEUS)
        options->top_orders |= CLI_BIT(CLI_ORDER_LIVE);
    if (!options->num_callers)
        options->num_callers = cli_default_callers(options);
}
