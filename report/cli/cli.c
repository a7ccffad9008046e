#include "cli/cli.h"
#include <stdlib.h>
#include <string.h>
#include "base/format.h"
#include "base/memory.h"
#include "base/metric.h"
#include "base/program_file.h"
#include "cli/cli_foreign.h"
#include "cli/cli_value.h"
#include "cli/option_files.h"
#include "trace_format.h"

/* --- the table ----------------------------------------------------------- */

#define CLI_FIELD(field) offsetof(struct options, field)

static const struct cli_option cli_table[] = {
    {"--leak-check", "no|summary|full", "how much of leaks to show [full]", cli_take_choice,
     CLI_FIELD(leak_check), cli_checks, 0, 0},
    {"--leak-resolution", "low|med|high", "frames that make two stacks the same: 2, 4, all [high]",
     cli_take_choice, CLI_FIELD(leak_resolution), cli_resolutions, 0, 0},
    {"--show-leak-kinds", "SET",
     "kinds to show: definite,indirect,possible,reachable,\n"
     "all or none [definite,possible]",
     cli_take_set, CLI_FIELD(show_kinds), cli_kinds, 0, 0},
    {"--errors-for-leak-kinds", "SET", "kinds that count as errors [definite,possible]",
     cli_take_set, CLI_FIELD(error_kinds), cli_kinds, 0, 0},
    {"--show-reachable", "yes|no", "the same as --show-leak-kinds=all", cli_take_show_reachable, 0,
     cli_yes_no, 0, 0},
    {"--show-possibly-lost", "yes|no", "show possibly lost blocks [yes]", cli_take_show_possible, 0,
     cli_yes_no, 0, 0},
    {"--leak-check-heuristics", "SET",
     "interior pointers that keep a block reachable: stdstring,\n"
     "length64,newarray,multipleinheritance, all or none [all]",
     cli_take_set, CLI_FIELD(heuristics), cli_heuristics, 0, 0},
    {"--diff", "OLD", "what is new, grew, shrank and is gone since this log\n(may be given often)",
     cli_take_list, CLI_FIELD(diff), NULL, 0, 0},
    {"--show", "WHAT",
     "of --diff: increased, changed, new or any records; errors\nare what is new or grew, with "
     "new what is new [changed]",
     cli_take_show, CLI_FIELD(show_changes), cli_shows, 0, 0},
    {"--error-exitcode", "N", "exit status when there are errors; 0: no other [0]", cli_take_number,
     CLI_FIELD(error_exitcode), NULL, 0, 255},
    {"--exit-on-first-error", "yes|no", "report nothing after the first error [no]", cli_take_bool,
     CLI_FIELD(exit_on_first_error), cli_yes_no, 0, 0},
    {"--show-mismatched-frees", "yes|no", "frees by the wrong function are errors [yes]",
     cli_take_bool, CLI_FIELD(mismatched_frees), cli_yes_no, 0, 0},
    {"--error-markers", "BEGIN,END", "lines to put before and after each error [none]",
     cli_take_markers, CLI_FIELD(error_markers), NULL, 0, 0},
    {"--time-stamp", "yes|no", "put the time since the start into each line [no]", cli_take_bool,
     CLI_FIELD(time_stamp), cli_yes_no, 0, 0},
    {"--track-fds", "no|yes|all", "say which file descriptors are open at the end [no]",
     cli_take_choice, CLI_FIELD(track_fds), cli_tracked, 0, 0},
    {"--num-callers", "N",
     "frames of a stack to show and to compare, 1 to 500 [12];\nwithout it, html, json, folded, "
     "pprof and callgrind have 500,\nmassif has 30",
     cli_take_number, CLI_FIELD(num_callers), NULL, 1, CLI_CALLERS_MAX},
    {"--show-below-main", "yes|no", "show what called main [no]", cli_take_bool,
     CLI_FIELD(show_below_main), cli_yes_no, 0, 0},
    {"--demangle", "yes|no", "names as C++ and Rust programmers write them [yes]", cli_take_bool,
     CLI_FIELD(demangle), cli_yes_no, 0, 0},
    {"--fullpath-after", "TEXT", "show source paths, from after TEXT (may be given often)",
     cli_take_list, CLI_FIELD(fullpath_after), NULL, 0, 0},
    {"--sysroot", "PATH", "the program's files are below PATH: a container's root", cli_take_folder,
     CLI_FIELD(sysroot), NULL, 0, 0},
    {"--extra-debuginfo-path", "PATH", "debug files are below PATH, too (may be given often)",
     cli_take_list, CLI_FIELD(debug_folders), NULL, 0, 0},
    {"--enable-debuginfod", "yes|no", "ask the servers of DEBUGINFOD_URLS for symbols [yes]",
     cli_take_bool, CLI_FIELD(enable_debuginfod), cli_yes_no, 0, 0},
    {"--suppressions", "FILE", "leave out what this file lists (may be given often)", cli_take_list,
     CLI_FIELD(suppressions), NULL, 0, 0},
    {"--default-suppressions", "yes|no", "accepted: leakreport has no list of its own [yes]",
     cli_take_bool, CLI_FIELD(default_suppressions), cli_yes_no, 0, 0},
    {"--gen-suppressions", "no|yes|all",
     "print an entry for such a file after each error;\n"
     "yes: ask on the terminal each time [no]",
     cli_take_choice, CLI_FIELD(gen_suppressions), cli_generated, 0, 0},
    {"--format", "NAME",
     "the report's form [text], or for other programs:\nhtml, xml, sarif, junit, json, folded, "
     "pprof, "
     "callgrind, massif, csv",
     cli_take_choice, CLI_FIELD(format), cli_formats, 0, 0},
    {"--html", "FILE", "write a page with pictures to FILE (--format=html)", cli_take_html, 0, NULL,
     0, 0},
    {"--own", NULL,
     "fold what is not the program's own in stacks, and count\n--num-callers from its first frame",
     cli_take_flag, CLI_FIELD(own), NULL, 0, 0},
    {"--full-names", NULL, "leave template arguments in names, also with --own and --by",
     cli_take_flag, CLI_FIELD(full_names), NULL, 0, 0},
    {"--by", "function|file|module|line",
     "one line for each of the program's own, instead of\nloss records; of what --metric says",
     cli_take_choice, CLI_FIELD(by), cli_bys, 0, 0},
    {"--filter", "TEXT",
     "only loss records and stacks with TEXT in a function, a\nfile or a module (may be given "
     "often: any of them)",
     cli_take_filter, CLI_FIELD(filters), NULL, 0, 0},
    {"--sort", "bytes|blocks|kind|size|age", "order of loss records, the most last [bytes]",
     cli_take_choice, CLI_FIELD(sort), cli_sorts, 0, 0},
    {"--limit", "N", "only the N loss records with the most, or N lines of --by", cli_take_number,
     CLI_FIELD(limit), NULL, 1, 1000000000},
    {"--color", "auto|always|never",
     "colours in text: on a terminal, unless NO_COLOR is set [auto]", cli_take_choice,
     CLI_FIELD(color), cli_colors, 0, 0},
    {"--metric", "NAME",
     "what --format=folded, --by and --diff measure [lost]:\nin-use, peak, allocated, calls, "
     "temporary",
     cli_take_choice, CLI_FIELD(metric), cli_metrics, 0, 0},
    {"--xml", "yes|no", "the same as --format=xml, written where the next three say [no]",
     cli_take_bool, CLI_FIELD(xml), cli_yes_no, 0, 0},
    {"--xml-file", "FILE", "write XML to FILE (%p: process id, %q{VAR}: a variable)",
     cli_take_to_file, CLI_FIELD(xml_to), NULL, 0, 0},
    {"--xml-fd", "N", "write XML to this file descriptor", cli_take_to_fd, CLI_FIELD(xml_to), NULL,
     0, 1 << 20},
    {"--xml-socket", "ADDRESS[:PORT]", "send XML to who listens there [port 1500]",
     cli_take_to_socket, CLI_FIELD(xml_to), NULL, 0, 0},
    {"--xml-user-comment", "TEXT", "put TEXT at the beginning of XML", cli_take_text,
     CLI_FIELD(xml_comment), NULL, 0, 0},
    {"--xml-protocol", "4|6", "valgrind's XML until version 3.25, or later [4]", cli_take_choice,
     CLI_FIELD(xml_protocol), cli_protocols, 0, 0},
    {"--log-file", "FILE", "write the report to FILE (%p: process id)", cli_take_to_file,
     CLI_FIELD(log_to), NULL, 0, 0},
    {"--log-fd", "N", "write the report to this file descriptor", cli_take_to_fd, CLI_FIELD(log_to),
     NULL, 0, 1 << 20},
    {"--log-socket", "ADDRESS[:PORT]", "send the report to who listens there [port 1500]",
     cli_take_to_socket, CLI_FIELD(log_to), NULL, 0, 0},
    {"--peak", NULL,
     "the most memory that was in use, and by which stacks;\n"
     "without leaks, unless an option for them is given",
     cli_take_flag, CLI_FIELD(peak), NULL, 0, 0},
    {"--top", "N,ORDER",
     "the N [10] stacks with the most bytes, calls, temporary,\n"
     "peak, live or all [bytes]; several with commas between;\n"
     "without leaks, unless an option for them is given",
     cli_take_top, CLI_FIELD(top), cli_orders, 1, 1000000},
    {"--why", "WHAT",
     "who holds the blocks of a function or module, the block\n"
     "at an address (0x...), or those of a loss record's number\n"
     "(may be given often); leaks as with --peak",
     cli_take_list, CLI_FIELD(why), NULL, 0, 0},
    {"--paths", "N", "ways that --why shows, of those that differ [1]", cli_take_number,
     CLI_FIELD(paths), NULL, 1, 1000000},
    {"--retained", NULL,
     "what would be lost if a variable, a block or a stack's\n"
     "blocks went: the largest of each; needs --heap-graph=yes\n"
     "when the program runs; leaks as with --peak",
     cli_take_flag, CLI_FIELD(retained), NULL, 0, 0},
    {"--xtree-leak", "yes|no", "write the leaks as a callgrind file, in place of their list [no]",
     cli_take_xtree_leak, CLI_FIELD(xtree_leak), cli_yes_no, 0, 0},
    {"--xtree-leak-file", "FILE", "that file [xtleak.kcg.%p]", cli_take_to_file,
     CLI_FIELD(xtree_leak_to), NULL, 0, 0},
    {"--xtree-memory", "none|allocs|full",
     "write what was allocated as a callgrind file: what is in use,\n"
     "or all that ever was, too [none]",
     cli_take_choice, CLI_FIELD(xtree_memory), cli_xtrees, 0, 0},
    {"--xtree-memory-file", "FILE", "that file [xtmemory.kcg.%p]", cli_take_to_file,
     CLI_FIELD(xtree_memory_to), NULL, 0, 0},
    {"--growth", NULL, "which stacks grow without end, and by what; leaks as with --peak",
     cli_take_flag, CLI_FIELD(growth), NULL, 0, 0},
    {"--timeline", NULL, "memory use over time; leaks as with --peak", cli_take_flag,
     CLI_FIELD(timeline), NULL, 0, 0},
    {"--check", NULL,
     "make a leak check now of each traced process that is named,\n"
     "by its number or its log; it goes on",
     cli_take_flag, CLI_FIELD(check), NULL, 0, 0},
    {"--follow", "screen|plain",
     "watch a traced process that runs, named by its number or\n"
     "its log: a screen, or a line a second [screen]",
     cli_take_follow, CLI_FIELD(follow), cli_follows, 0, 0},
    {"--command-line-only", "yes|no", "read no option file and no variable [no]", cli_take_bool,
     CLI_FIELD(command_line_only), cli_yes_no, 0, 0},
    {"-s", NULL, "list the errors and the suppressions at the end", cli_take_flag,
     CLI_FIELD(show_error_list), NULL, 0, 0},
    {"-q", NULL, "errors and loss records only", cli_take_flag, CLI_FIELD(quiet), NULL, 0, 0},
    {"-v", NULL, "say more", cli_take_flag, CLI_FIELD(verbose), NULL, 0, 0},
    {"-h", NULL, NULL, cli_take_mode, 0, NULL, CLI_HELP, 0},
    {"--help-debug", NULL, "print this, and valgrind's options that do nothing here", cli_take_mode,
     0, NULL, CLI_HELP_ALL, 0},
    {"--help-dyn-options", NULL, NULL, cli_take_mode, 0, NULL, CLI_HELP_ALL, 0},
    {"--help", NULL, "print this", cli_take_mode, 0, NULL, CLI_HELP, 0},
    {"--version", NULL, "print the version", cli_take_mode, 0, NULL, CLI_VERSION, 0},
    {"--quiet", NULL, NULL, cli_take_flag, CLI_FIELD(quiet), NULL, 0, 0},
    {"--verbose", NULL, NULL, cli_take_flag, CLI_FIELD(verbose), NULL, 0, 0},
    {"--show-error-list", "yes|no|all", NULL, cli_take_error_list, 0, NULL, 0, 0},
    {"--tool", "memcheck", NULL, cli_take_tool, 0, NULL, 0, 0},
/* The tracer's own: what leakreport passes on to it, and what a report of a log has no use for. */
#define CLI_TRACERS(name, argument, help)                                                          \
    {                                                                                              \
        name, argument, help, cli_take_tracers, 0, NULL, 0, 0                                      \
    }
    CLI_TRACERS("--trace-file", "FILE", "keep the log under this name (%p: process id)"),
    CLI_TRACERS("--trace-children", "yes|no", "trace what the program forks and starts, too [no]"),
    CLI_TRACERS("--trace-children-skip", "PATTERNS", "but not programs with such names"),
    CLI_TRACERS("--trace-children-skip-by-arg", "PATTERNS", "nor with such arguments"),
    CLI_TRACERS("--child-silent-after-fork", "yes|no",
                "trace no forked child before it is another program\n"
                "[not unless children are traced]"),
    CLI_TRACERS("--follow-exec", "yes|no", "trace what the program itself becomes [yes]"),
    CLI_TRACERS("--run-libc-freeres", "yes|no", "free libc's caches before the leak check [yes]"),
    CLI_TRACERS("--run-cxx-freeres", "yes|no", "free the C++ library's caches, too [yes]"),
    CLI_TRACERS("--heap-graph", "yes|no",
                "write who points at whom, for --why and --retained [no]"),
    CLI_TRACERS("--glib", "yes|no", "let GLib help as it helps valgrind [yes]"),
    CLI_TRACERS("--check-on-signal", "SIGNAL", "this signal asks for a leak check, too: USR2, say"),
    CLI_TRACERS("--guard", "all|N|FUNCTION",
                "find reads and writes beside blocks and of freed ones: of all\n"
                "blocks, of one in N, or of those allocated under FUNCTION [no]"),
    CLI_TRACERS("--stale-pointers", "yes|no", "say what points to blocks that were given up [no]"),
    CLI_TRACERS("--freelist-vol", "N", "keep back freed blocks of so many bytes [0]"),
    CLI_TRACERS("--freelist-big-blocks", "N", "of these the larger ones leave first [1000000]"),
    CLI_TRACERS("--malloc-fill", "HEX", "fill new blocks with this byte"),
    CLI_TRACERS("--free-fill", "HEX", "fill freed blocks with this byte"),
    CLI_TRACERS("--verify-stacks", "yes|no", "compare each stack with libunwind's own [no]"),
    CLI_TRACERS("--debug-invariants", "yes|no", "check the tracer's own tables at the end [no]"),
    CLI_TRACERS("--traced-since", "TIME", NULL),
    CLI_TRACERS("--log-descriptor", "N", NULL),
    CLI_TRACERS("--errors-live", "yes|no", NULL),
#undef CLI_TRACERS
};
enum { CLI_TABLE_COUNT = sizeof cli_table / sizeof *cli_table };

/* --- the command line ---------------------------------------------------- */

/* Who says how leaks are to be shown wants to see them, beside whatever else. */
static bool cli_asks_for_leaks(const struct cli_option *option)
{
    static const char *const names[] = {
        "--leak-check",         "--leak-resolution",  "--show-leak-kinds", "--show-reachable",
        "--show-possibly-lost", "--gen-suppressions", "--show-error-list", "-s",
        "--xtree-leak"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(option->name, names[i]) == 0)
            return true;
    return false;
}

static const struct cli_option *cli_find(const char *argument)
{
    for (size_t i = 0; i < CLI_TABLE_COUNT; i++)
        if (cli_is_named(&cli_table[i], argument))
            return &cli_table[i];
    return cli_foreign_find(argument);
}

static int cli_take_argument(struct options *options, const char *argument, struct failure *failure)
{
    const struct cli_option *option = cli_find(argument);
    const char *equals = strchr(argument, '=');
    const char *value = equals ? equals + 1 : NULL;

    if (!option && cli_foreign_is_tools(argument))
        return 0;
    if (!option)
        return failure_set(
            failure, "%s is not an option of leakreport; leakreport --help lists them", argument);
    /* The tracer's, too. */
    if (option->take == cli_take_tracers || strcmp(option->name, "--leak-check-heuristics") == 0 ||
        strcmp(option->name, "--track-fds") == 0)
        option_list_add(&options->run_options, argument);
    if (!value && option->argument && option->take != cli_take_top &&
        option->take != cli_take_follow)
        return failure_set(failure, "%s needs a value: %s=%s", option->name, option->name,
                           option->argument);
    if (value && !option->argument)
        return failure_set(failure, "%s takes no value, but has one: %s", option->name, argument);
    options->show_leaks |= cli_asks_for_leaks(option);
    return option->take(options, option, value, failure);
}

/* --- programs ------------------------------------------------------------ */

static int cli_miss_program(struct failure *failure)
{
    return failure_set(failure, "--run needs a program: leakreport --run [OPTIONS] PROGRAM "
                                "[ARGUMENTS]");
}

/* Options that the tracer has, too, each with a meaning of its own. */
static bool cli_is_tracers(const struct cli_option *option)
{
    static const char *const names[] = {"--leak-check", "--leak-check-heuristics",
                                        "--track-fds",  "--log-file",
                                        "-q",           "--quiet",
                                        "-v",           "--verbose"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(option->name, names[i]) == 0)
            return true;
    return option->take == cli_take_tracers;
}

/* --run alone: this process becomes the program. All options are the tracer's. */
static int cli_take_run(struct options *options, int count, char **arguments,
                        struct failure *failure)
{
    int i = 1;

    options->mode = CLI_RUN;
    for (; i < count && arguments[i][0] == '-' && strcmp(arguments[i], "--") != 0; i++) {
        const struct cli_option *option = cli_find(arguments[i]);

        if (option && option->take == cli_take_mode)
            return cli_take_argument(options, arguments[i], failure);
        if (strcmp(arguments[i], "--run") == 0)
            continue;
        if (!option)
            return cli_take_argument(options, arguments[i], failure);
        option_list_add(&options->run_options, arguments[i]);
    }
    if (i < count && strcmp(arguments[i], "--") == 0)
        i++;
    options->program = arguments + i;
    return i < count ? 0 : cli_miss_program(failure);
}

/* Whether --run stands among the options in front of the first name, and whether there is one of
 * the report beside it, --error-exitcode for one: without a report, each leak would look like
 * success. */
static void cli_look_for_run(int count, char **arguments, bool *run, bool *report)
{
    *run = *report = false;
    for (int i = 1; i < count && arguments[i][0] == '-' && strcmp(arguments[i], "--") != 0; i++) {
        const struct cli_option *option = cli_find(arguments[i]);

        *run |= strcmp(arguments[i], "--run") == 0;
        *report |= option && option->take != cli_take_mode && !cli_is_tracers(option);
    }
}

/* As valgrind: XML among the program's own lines would be no XML. */
static int cli_check_format(const struct options *options, struct failure *failure)
{
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
    if (options->by && format != FORMAT_TEXT && format != FORMAT_JSON)
        return failure_set(failure, "--by goes with --format=text and --format=json: the other "
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

static int cli_check(const struct options *options, struct failure *failure)
{
    if (cli_check_views(options, failure) != 0)
        return -1;
    if (cli_check_follow(options, failure) != 0)
        return -1;
    if (options->mode == CLI_REPORT && options->logs.count == 0)
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
static void cli_finish(struct options *options)
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
    if (!options->num_callers)
        options->num_callers = cli_default_callers(options);
}

static const struct options cli_defaults = {
    .leak_check = CLI_CHECK_FULL,
    .leak_resolution = CLI_RESOLUTION_HIGH,
    .show_kinds = CLI_BIT(TRACE_DEFINITELY_LOST) | CLI_BIT(TRACE_POSSIBLY_LOST),
    .error_kinds = CLI_BIT(TRACE_DEFINITELY_LOST) | CLI_BIT(TRACE_POSSIBLY_LOST),
    .heuristics = TRACE_HEURISTICS_ALL,
    .xml_protocol = 4,
    .xtree_leak_to = {.file = "xtleak.kcg.%p"},
    .xtree_memory_to = {.file = "xtmemory.kcg.%p"},
    .top = 10,
    .paths = 1,
    .mismatched_frees = true,
    .demangle = true,
    .enable_debuginfod = true,
    .default_suppressions = true,
};

/* The program is what is no log: a log is known by its first bytes, so nobody has to say which it
 * is. */
static bool cli_is_program(const struct options *options, bool run, const char *argument)
{
    return options->logs.count == 0 && !options->check && !options->follow &&
           (run || program_file_is_program(argument));
}

static int cli_take_words(struct options *options, bool run, int count, char **arguments,
                          struct failure *failure)
{
    bool names_only = false;

    for (int i = 1; i < count; i++) {
        const char *argument = arguments[i];

        if (!names_only && strcmp(argument, "--") == 0) {
            names_only = true;
        } else if (!names_only && run && strcmp(argument, "--run") == 0) {
            continue;
        } else if (!names_only && argument[0] == '-' && argument[1]) {
            if (cli_take_argument(options, argument, failure) != 0)
                return -1;
        } else if (cli_is_program(options, run, argument)) {
            options->program = arguments + i;
            options->mode = options->mode == CLI_REPORT ? CLI_TRACE : options->mode;
            return 0;
        } else {
            option_list_add(&options->logs, argument);
        }
    }
    return run && options->mode == CLI_REPORT ? cli_miss_program(failure) : 0;
}

/* --- option files -------------------------------------------------------- */

/* All of them, or the tracer's alone. */
static int cli_take_file(struct options *options, const struct option_file *file, bool tracers,
                         struct failure *failure)
{
    struct failure why;

    for (size_t i = 0; i < file->words.count; i++) {
        const char *word = file->words.items[i];
        const struct cli_option *option = cli_find(word);

        if (word[0] != '-' || !word[1])
            return failure_set(failure, "%s: %s is not an option", file->name, word);
        if (tracers && option && option->take != cli_take_tracers)
            continue;
        if (cli_take_argument(options, word, &why) != 0)
            return failure_set(failure, "%s: %s", file->name, why.text);
    }
    return 0;
}

static int cli_take_files(struct options *options, const struct option_files *files, bool tracers,
                          struct failure *failure)
{
    for (size_t i = 0; files && i < files->count; i++)
        if (cli_take_file(options, &files->files[i], tracers, failure) != 0)
            return -1;
    options->run_options_of_files = options->run_options.count;
    return 0;
}

int cli_parse_with(struct options *options, const struct option_files *files, int count,
                   char **arguments, struct failure *failure)
{
    bool run, report;

    *options = cli_defaults;
    options->as_valgrind = files && files->as_valgrind;
    if (options->as_valgrind)
        options->leak_check = CLI_CHECK_SUMMARY;
    cli_look_for_run(count, arguments, &run, &report);
    if (cli_take_files(options, files, run && !report, failure) != 0)
        return -1;
    if (run && !report)
        return cli_take_run(options, count, arguments, failure);
    if (cli_take_words(options, run, count, arguments, failure) != 0)
        return -1;
    cli_finish(options);
    return cli_check(options, failure);
}

int cli_parse(struct options *options, int count, char **arguments, struct failure *failure)
{
    return cli_parse_with(options, NULL, count, arguments, failure);
}

/* --- help ---------------------------------------------------------------- */

static void cli_print_option(FILE *out, const struct cli_option *option)
{
    enum { HELP_COLUMN = 42 };
    int width = fprintf(out, "  %s%s%s", option->name, option->argument ? "=" : "",
                        option->argument ? option->argument : "");

    for (const char *line = option->help; line;) {
        size_t length = strcspn(line, "\n");

        fprintf(out, "%*s%.*s\n", width < HELP_COLUMN ? HELP_COLUMN - width : 1, "", (int)length,
                line);
        width = 0;
        line = line[length] ? line + length + 1 : NULL;
    }
}

static void cli_print_options(FILE *out, bool tracers)
{
    for (size_t i = 0; i < CLI_TABLE_COUNT; i++)
        if (cli_table[i].help && (cli_table[i].take == cli_take_tracers) == tracers)
            cli_print_option(out, &cli_table[i]);
}

void cli_print_help(FILE *out, bool all)
{
    fputs("leakreport [OPTIONS] PROGRAM [ARGUMENTS] trace a program and report when it has ended\n"
          "leakreport [OPTIONS] LOG...              what the logs of traced programs say\n"
          "leakreport [OPTIONS] --check PID|LOG     check a traced process that goes on\n"
          "leakreport [OPTIONS] --follow PID|LOG    watch it\n"
          "leakreport --run [TRACER-OPTIONS] PROGRAM [ARGUMENTS]\n"
          "                                         become the traced program (its log: "
          "trace.log)\n\n"
          "Options, with their defaults in brackets:\n",
          out);
    cli_print_options(out, false);
    fputs("\nOptions of the tracer, in front of a program or in LIBTRACE_OPTIONS:\n", out);
    cli_print_options(out, true);
    fputs("\nMore options are read from ~/.leakreportrc, LEAKREPORT_OPTS and ./.leakreportrc.\n"
          "\nExit status: 0, or that of --error-exitcode when there are errors, or 2 when the\n"
          "work could not be done, even for only one of several logs, or when --error-exitcode\n"
          "is given and it is not known whether there are errors (the process was killed, say);\n"
          "126 when the program cannot be run traced, 127 when it is not there.\n",
          out);
    if (all)
        cli_foreign_print(out);
}
