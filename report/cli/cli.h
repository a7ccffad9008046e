/* cli.h: the command line: what the user wants, in one struct, and the text of --help.
 *
 * All options stand in one table (cli.c), which parses and explains them. Spellings and defaults
 * are valgrind's where valgrind has the option. Texts point into argv.
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "base/failure.h"

#define CLI_HEURISTICS_ALL 30u /* bit n: enum trace_heuristic n */

/* CLI_RUN: this process becomes the program. CLI_TRACE: it waits for it, and reports. */
enum cli_mode { CLI_REPORT = 0, CLI_RUN, CLI_TRACE, CLI_HELP, CLI_VERSION };
enum cli_leak_check { CLI_CHECK_NO = 0, CLI_CHECK_SUMMARY, CLI_CHECK_FULL };
/* What stacks are ordered by: --top, --peak. */
enum cli_order {
    CLI_ORDER_PEAK = 0,
    CLI_ORDER_BYTES,
    CLI_ORDER_CALLS,
    CLI_ORDER_TEMPORARY,
    CLI_ORDER_LIVE,
    CLI_ORDERS_COUNT
};
enum cli_resolution { CLI_RESOLUTION_LOW = 0, CLI_RESOLUTION_MED, CLI_RESOLUTION_HIGH };

struct cli_list {
    const char **items;
    size_t count, capacity;
};

struct cli_options {
    int mode; /* enum cli_mode */
    struct cli_list logs;
    char **program;              /* PROGRAM [ARGUMENTS], ended by NULL */
    struct cli_list run_options; /* the tracer's options */
    bool logs_are_temporary;     /* nobody can look at them later: main's word */

    int leak_check;      /* enum cli_leak_check */
    int leak_resolution; /* enum cli_resolution */
    unsigned show_kinds; /* bit n: enum trace_leak_kind n */
    unsigned error_kinds;
    unsigned heuristics;     /* bit n: enum trace_heuristic n */
    unsigned error_exitcode; /* 0: off */
    unsigned num_callers;
    bool show_error_list; /* -s */
    bool top_asked;       /* --top was given, be it without an order */
    unsigned top;         /* stacks for each order */
    unsigned top_orders;  /* bit n: enum cli_order n */
    bool peak;
    bool timeline;
    bool show_leaks; /* and errors: not when only the use of memory was asked for */
    bool quiet;
    bool verbose;
    bool show_below_main;
    bool demangle;
    bool enable_debuginfod;
    bool default_suppressions;
    int gen_suppressions; /* 0: no, 1: yes, 2: all */
    struct cli_list suppressions;
    struct cli_list fullpath_after;
    const char *log_file;    /* the reports go there; NULL: standard output */
    struct cli_list ignored; /* options of valgrind that mean nothing here */
};

/* 0, or -1 with `failure` filled: an option that is not known, a value that is not allowed. */
int cli_parse(struct cli_options *options, int count, char **arguments, struct failure *failure);
/* Is there anything beside leaks and errors to show? */
bool cli_wants_usage(const struct cli_options *options);
void cli_free(struct cli_options *options);
void cli_add(struct cli_list *list, const char *item);
void cli_print_help(FILE *out);

#endif
