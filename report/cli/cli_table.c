#include "cli/cli_table.h"
#include <string.h>
#include "cli/cli_destination.h"
#include "cli/cli_foreign.h"
#include "trace_format.h"

#define CLI_FIELD(field)            offsetof(struct options, field)
#define CLI_LISTED(heuristic, name) name ","

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
     "interior pointers that keep a block reachable:\n" TRACE_HEURISTICS(
         CLI_LISTED) "all,none [all]",
     cli_take_set, CLI_FIELD(heuristics), cli_heuristics, 0, 0},
    {"--diff", "OLD",
     "what is new, grew, shrank and is gone since this log, or\nits --format=json (may be given "
     "often)",
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
    {"--format", "NAME", "the report's form [text]:\none of"
#define FORMAT(id, name, callers) " " #name
#include "base/format.def"
     ,
     cli_take_choice, CLI_FIELD(format), cli_formats, 0, 0},
    {"--html", "FILE", "write a page with pictures to FILE (--format=html)", cli_take_html, 0, NULL,
     0, 0},
    {"--own", NULL,
     "fold what is not the program's own in stacks, and count\n--num-callers from its first frame",
     cli_take_flag, CLI_FIELD(own), NULL, 0, 0},
    {"--full-names", NULL, "leave template arguments in names, also with --own and --by",
     cli_take_flag, CLI_FIELD(full_names), NULL, 0, 0},
    {"--by", "function|file|module|line|type",
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
     "peak, live, moved, mapped or all [bytes]; several with commas between;\n"
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
    {"--never-freed", NULL,
     "places none of whose blocks was ever freed, where others\n"
     "of the same function free theirs; leaks as with --peak",
     cli_take_flag, CLI_FIELD(never_freed), NULL, 0, 0},
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
    {"--core", "FILE",
     "judge the log of a killed process by its core file; without\na log, or with a core in place "
     "of one, the heap it shows",
     cli_take_text, CLI_FIELD(core), NULL, 0, 0},
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
    CLI_TRACERS("--sample", "BYTES",
                "record a sample: blocks with one of the bytes that are\n"
                "drawn, 1 in BYTES (524288, say); no leak kinds [0]"),
    CLI_TRACERS("--stale-pointers", "yes|all|no",
                "say what points to blocks that were given up [no]"),
    CLI_TRACERS("--ages", "yes|no", "record how old blocks are, for --never-freed [no]"),
    CLI_TRACERS("--mmap", "yes|no", "record what the program maps itself, for --top=mapped [no]"),
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

const struct cli_option *cli_table_at(size_t index)
{
    return index < CLI_TABLE_COUNT ? &cli_table[index] : NULL;
}

const struct cli_option *cli_table_find(const char *argument)
{
    for (size_t i = 0; i < CLI_TABLE_COUNT; i++)
        if (cli_is_named(&cli_table[i], argument))
            return &cli_table[i];
    return cli_foreign_find(argument);
}

/* --- kinds of options ---------------------------------------------------- */

/* Who says how leaks are to be shown wants to see them, beside whatever else. */
bool cli_table_asks_for_leaks(const struct cli_option *option)
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

/* Options that the tracer has, too, each with a meaning of its own. */
bool cli_table_is_tracers(const struct cli_option *option)
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
