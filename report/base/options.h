/* options.h: what the user wants: the command line, understood (cli).
 *
 * Texts point into argv. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* CLI_RUN: this process becomes the program. CLI_TRACE: it waits for it, and reports. */
enum cli_mode { CLI_REPORT = 0, CLI_RUN, CLI_TRACE, CLI_HELP, CLI_HELP_ALL, CLI_VERSION };
enum cli_xtree { CLI_XTREE_NONE = 0, CLI_XTREE_ALLOCS, CLI_XTREE_FULL };
enum cli_follow { CLI_FOLLOW_NO = 0, CLI_FOLLOW_SCREEN, CLI_FOLLOW_PLAIN };
enum cli_leak_check { CLI_CHECK_NO = 0, CLI_CHECK_SUMMARY, CLI_CHECK_FULL };
/* What stacks are ordered by: --top, --peak. */
enum cli_order {
    CLI_ORDER_PEAK = 0,
    CLI_ORDER_BYTES,
    CLI_ORDER_CALLS,
    CLI_ORDER_TEMPORARY,
    CLI_ORDER_LIVE,
    CLI_ORDER_MOVED,
    CLI_ORDER_MAPPED,
    CLI_ORDERS_COUNT
};
/* --show: which records of a comparison. */
enum cli_show { CLI_SHOW_CHANGED = 0, CLI_SHOW_INCREASED, CLI_SHOW_NEW, CLI_SHOW_ANY };
enum { CLI_CALLERS_MAX = 500 };
/* What loss records are ordered by; the most is last. */
enum cli_sort { CLI_SORT_BYTES = 0, CLI_SORT_BLOCKS, CLI_SORT_KIND, CLI_SORT_SIZE, CLI_SORT_AGE };
/* What a metric is summed up by. */
enum cli_by {
    CLI_BY_NOTHING = 0,
    CLI_BY_FUNCTION,
    CLI_BY_FILE,
    CLI_BY_MODULE,
    CLI_BY_LINE,
    CLI_BY_TYPE
};
enum cli_color { CLI_COLOR_AUTO = 0, CLI_COLOR_ALWAYS, CLI_COLOR_NEVER };
/* --gen-suppressions: after each error none, one if the terminal says so, one. */
enum cli_generated { CLI_GENERATED_NO = 0, CLI_GENERATED_ASKED, CLI_GENERATED_ALL };
enum cli_resolution { CLI_RESOLUTION_LOW = 0, CLI_RESOLUTION_MED, CLI_RESOLUTION_HIGH };

struct option_list {
    const char **items;
    size_t count, capacity;
};

/* Where something is written: a file (%p %q{VAR} %%), a descriptor, a socket. The last one that is
 * given counts. */
struct destination {
    const char *file;   /* NULL: none of these */
    const char *option; /* that names the file, for errors */
    int fd;             /* where `is_fd` */
    const char *socket;
    bool is_fd;
};

struct options {
    int mode; /* enum cli_mode */
    struct option_list logs;
    int follow;                     /* enum cli_follow: watch it */
    bool check;                     /* the logs, or process numbers, are of what is to be checked */
    const char *core;               /* the log is judged by this core file; NULL: by itself */
    char **program;                 /* PROGRAM [ARGUMENTS], ended by NULL */
    struct option_list run_options; /* the tracer's options */
    size_t run_options_of_files;    /* the first of them stand in option files */
    bool command_line_only;         /* option files were passed over */
    bool as_valgrind;               /* called by that name: with its defaults */
    bool logs_are_temporary;        /* nobody can look at them later: main's word */

    int format; /* enum cli_format */
    int metric; /* enum metric */
    bool xml;   /* --xml=yes: format, and the next three */
    struct destination xml_to;
    const char *xml_comment; /* or NULL */
    unsigned xml_protocol;   /* 4 or 6 */
    struct option_list diff; /* logs to compare with; none: nothing is compared */
    int show_changes;        /* enum cli_show */
    bool show_changes_asked;
    int leak_check;      /* enum cli_leak_check */
    int leak_resolution; /* enum cli_resolution */
    unsigned show_kinds; /* bit n: enum trace_leak_kind n */
    unsigned error_kinds;
    unsigned heuristics;     /* bit n: enum trace_heuristic n */
    unsigned error_exitcode; /* 0: off */
    unsigned num_callers;
    bool xtree_leak;
    unsigned xtree_memory; /* enum cli_xtree */
    struct destination xtree_leak_to, xtree_memory_to;
    bool show_error_list;       /* -s */
    bool show_suppressed;       /* --show-error-list=all */
    bool top_asked;             /* --top was given, be it without an order */
    unsigned top;               /* stacks for each order */
    unsigned top_orders;        /* bit n: enum cli_order n */
    bool own;                   /* stacks as who looks for the program's own frames wants them */
    bool full_names;            /* also with --own and --by */
    int by;                     /* enum cli_by */
    int sort;                   /* enum cli_sort */
    unsigned limit;             /* loss records, or lines of --by; 0: all */
    struct option_list filters; /* any of these texts is in each stack that is shown */
    int color;                  /* enum cli_color */
    bool peak;
    bool timeline;
    bool growth;
    struct option_list why; /* --why: functions, modules, addresses, records */
    unsigned paths;         /* of each, so many ways */
    bool retained;
    bool never_freed;
    bool show_leaks;           /* and errors: not when only the use of memory was asked for */
    bool mismatched_frees;     /* count as errors */
    bool exit_on_first_error;  /* the report ends behind the first one */
    const char *error_markers; /* lines around each error: BEGIN,END; NULL: none */
    int track_fds;             /* 0: no, 1: yes, 2: all */
    bool time_stamp;           /* each line begins with the time since the start */
    bool quiet;
    bool verbose;
    bool show_below_main;
    bool demangle;
    bool enable_debuginfod;
    bool default_suppressions;
    int gen_suppressions; /* enum cli_generated */
    struct option_list suppressions;
    struct option_list fullpath_after;
    const char *sysroot; /* the program's files are below it; or NULL */
    struct option_list debug_folders;
    struct destination log_to;  /* the reports go there; none: standard output */
    struct option_list ignored; /* sentences about options of valgrind that do nothing here */
};

/* Is there anything beside leaks and errors to show? */
bool options_want_usage(const struct options *options);
/* Is there something to say of who holds memory? */
bool options_want_holders(const struct options *options);
/* Is there a place, other than the standard one? */
/* --xtree-leak or --xtree-memory. */
bool options_want_trees(const struct options *options);
bool options_has_destination(const struct destination *to);
void options_free(struct options *options);
void option_list_add(struct option_list *list, const char *item);

#endif
