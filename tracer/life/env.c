#include "life/env.h"

#include "life/env_name.h"
#include "life/env_skip.h"
#include "life/env_variable.h"
#include "os/decimal.h"
#include "os/message.h"
#include "os/start_vector.h"
#include "trace_format.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

struct problem {
    char *text;
    size_t size;
};

typedef int (*option_reader)(struct env_options *, const char *value, struct problem *);

static int read_yes_no(const char *value, bool *flag, struct problem *problem)
{
    if (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0) {
        *flag = value[0] == 'y';
        return 0;
    }
    message_format(problem->text, problem->size, "yes or no is expected, not «%s»", value);
    return -1;
}

/* All of a file's names have 4096 bytes. */
static int read_name(const char *value, char *name, char *path, char *relative,
                     struct problem *problem)
{
    const size_t size = sizeof((struct env_options *)0)->trace_name;
    size_t length = value[0] == '/' ? 0 : strlen(value);
    memcpy(relative, value, length < size ? length : 0);
    relative[length < size ? length : 0] = '\0';
    if (env_name_prepare(value, name, size, problem->text, problem->size) != 0)
        return -1;
    return env_name_expand(name, path, size, problem->text, problem->size);
}

/* The names as they are given: the last one of each counts, and only that one is expanded. A
 * variable that an earlier one names need not be there. */
static char given_trace_file[8192], given_log_file[8192];

static int copy_value(const char *value, char *copy, size_t size, struct problem *problem)
{
    size_t length = strlen(value);
    if (length < size) {
        memcpy(copy, value, length + 1);
        return 0;
    }
    message_format(problem->text, problem->size, "the value is too long: %s", value);
    return -1;
}
static int read_trace_file(struct env_options *options, const char *value, struct problem *problem)
{
    (void)options;
    return copy_value(value, given_trace_file, sizeof given_trace_file, problem);
}
static int read_log_file(struct env_options *options, const char *value, struct problem *problem)
{
    (void)options;
    return copy_value(value, given_log_file, sizeof given_log_file, problem);
}
static int read_names(struct env_options *options, struct problem *problem)
{
    int result = read_name(given_trace_file, options->trace_name, options->trace_file,
                           options->trace_relative, problem);
    if (result == 0 && given_log_file[0])
        result = read_name(given_log_file, options->log_name, options->log_file,
                           options->log_relative, problem);
    return result;
}
static int read_skip_names(struct env_options *options, const char *value, struct problem *problem)
{
    return copy_value(value, options->skip_names, sizeof options->skip_names, problem);
}
static int read_skip_arguments(struct env_options *options, const char *value,
                               struct problem *problem)
{
    return copy_value(value, options->skip_arguments, sizeof options->skip_arguments, problem);
}
static int read_trace_children(struct env_options *options, const char *value,
                               struct problem *problem)
{
    return read_yes_no(value, &options->trace_children, problem);
}
static int read_follow_exec(struct env_options *options, const char *value, struct problem *problem)
{
    return read_yes_no(value, &options->follow_exec, problem);
}
/* valgrind is in a forked child anyhow, and is silent or not. What is not to be read is not traced.
 */
static enum { FORKS_AS_CHILDREN, FORKS_SILENT, FORKS_TRACED } forks;
static int read_child_silent(struct env_options *options, const char *value,
                             struct problem *problem)
{
    bool silent = false;
    (void)options;
    int result = read_yes_no(value, &silent, problem);
    forks = silent ? FORKS_SILENT : FORKS_TRACED;
    return result;
}
static int read_errors_live(struct env_options *options, const char *value, struct problem *problem)
{
    return read_yes_no(value, &options->errors_live, problem);
}
static int read_verify_stacks(struct env_options *options, const char *value,
                              struct problem *problem)
{
    return read_yes_no(value, &options->verify_stacks, problem);
}
static int read_debug_invariants(struct env_options *options, const char *value,
                                 struct problem *problem)
{
    return read_yes_no(value, &options->debug_invariants, problem);
}
static int read_libc_freeres(struct env_options *options, const char *value,
                             struct problem *problem)
{
    return read_yes_no(value, &options->run_libc_freeres, problem);
}
static int read_cxx_freeres(struct env_options *options, const char *value, struct problem *problem)
{
    return read_yes_no(value, &options->run_cxx_freeres, problem);
}
static bool read_number(const char **text, uint64_t *number)
{
    const char *first = *text;
    *number = decimal_read(text);
    return *text > first;
}
/* TIME, or TIME,ADDED. */
static int read_traced_since(struct env_options *options, const char *value,
                             struct problem *problem)
{
    uint64_t added = 0;
    const char *next = value;
    bool good = read_number(&next, &options->traced_since);
    if (good && *next == ',')
        good = *++next && read_number(&next, &added);
    options->added = (enum env_added)added;
    if (good && !*next && added < ENV_ADDED_COUNT)
        return 0;
    message_format(problem->text, problem->size, "the tracer sets this option itself: «%s»", value);
    return -1;
}
static int read_log_descriptor(struct env_options *options, const char *value,
                               struct problem *problem)
{
    uint64_t log = 0, words = INT32_MAX;
    const char *next = value;
    bool good = read_number(&next, &log);
    if (good && *next == ',' && *++next)
        good = read_number(&next, &words);
    if (good && !*next && log <= INT32_MAX && words <= INT32_MAX) {
        options->log_descriptor = (int)log;
        options->words_descriptor = words < INT32_MAX ? (int)words : -1;
        return 0;
    }
    message_format(problem->text, problem->size, "the tracer sets this option itself: «%s»", value);
    return -1;
}
static int read_heap_graph(struct env_options *options, const char *value, struct problem *problem)
{
    return read_yes_no(value, &options->heap_graph, problem);
}
static int read_ages(struct env_options *options, const char *value, struct problem *problem)
{
    return read_yes_no(value, &options->ages, problem);
}
static int read_stale_pointers(struct env_options *options, const char *value,
                               struct problem *problem)
{
    options->stale_all = strcmp(value, "all") == 0;
    int result = read_yes_no(options->stale_all ? "yes" : value, &options->stale_pointers, problem);
    /* So that what is pointed to is not somebody else's meanwhile. */
    options->guard.keeps |= options->stale_pointers;
    return result;
}
static int read_mmap(struct env_options *options, const char *value, struct problem *problem)
{
    return read_yes_no(value, &options->mmap, problem);
}
static int read_volume(struct env_options *options, const char *value, struct problem *problem)
{
    const char *next = value;
    options->guard.keeps = true;
    if (read_number(&next, &options->guard.volume) && !*next)
        return 0;
    message_format(problem->text, problem->size, "a number of bytes is expected, not «%s»", value);
    return -1;
}
static int read_big_blocks(struct env_options *options, const char *value, struct problem *problem)
{
    const char *next = value;
    if (read_number(&next, &options->guard.big) && !*next)
        return 0;
    message_format(problem->text, problem->size, "a number of bytes is expected, not «%s»", value);
    return -1;
}
static int read_sample(struct env_options *options, const char *value, struct problem *problem)
{
    const char *next = value;
    if (read_number(&next, &options->sample) && !*next && options->sample >> 40 == 0)
        return 0;
    message_format(problem->text, problem->size,
                   "a number of bytes is expected, 524288 say, or 0 for every block, not «%s»",
                   value);
    return -1;
}
/* What needs to know every block. */
static int check_sample(const struct env_options *options, struct problem *problem)
{
    if (!options->sample ||
        (!guard_is_wanted(&options->guard) && !options->stale_pointers && !options->heap_graph))
        return 0;
    message_format(problem->text, problem->size,
                   "--sample records some blocks only: it goes with none of --guard, "
                   "--stale-pointers, --heap-graph, --freelist-vol and the fills");
    return -1;
}
/* valgrind's: hexadecimal, with 0x or without. */
static int read_byte(const char *value, int *byte, struct problem *problem)
{
    static const char digits[] = "0123456789abcdef";
    const char *next = value[0] == '0' && (value[1] | 32) == 'x' ? value + 2 : value;
    int number = 0, count = 0;
    for (; *next; next++, count++) {
        const char *digit = strchr(digits, *next >= 'A' && *next <= 'F' ? *next | 32 : *next);
        if (!digit || count == 2)
            break;
        number = number * 16 + (int)(digit - digits);
    }
    if (count > 0 && !*next) {
        *byte = number;
        return 0;
    }
    message_format(problem->text, problem->size, "a byte is expected, as in 0xfd, not «%s»", value);
    return -1;
}
static int read_malloc_fill(struct env_options *options, const char *value, struct problem *problem)
{
    return read_byte(value, &options->guard.malloc_fill, problem);
}
static int read_free_fill(struct env_options *options, const char *value, struct problem *problem)
{
    return read_byte(value, &options->guard.free_fill, problem);
}
/* all, all,begin, no, a number, or a function. */
static int read_guard(struct env_options *options, const char *value, struct problem *problem)
{
    struct guard_options *guard = &options->guard;
    const char *next = value;
    guard->which = GUARD_NONE;
    guard->at_begin = false;
    if (strcmp(value, "no") == 0)
        return 0;
    if (strcmp(value, "all") == 0 || strcmp(value, "all,begin") == 0) {
        guard->which = GUARD_ALL;
        guard->at_begin = value[3] == ',';
        return 0;
    }
    if (read_number(&next, &guard->every) && !*next && guard->every > 0 &&
        guard->every <= INT32_MAX) {
        guard->which = GUARD_SOME;
        return 0;
    }
    if (value[0] >= '0' && value[0] <= '9') {
        message_format(problem->text, problem->size,
                       "all, no, a number from 1 on or a function is expected, not «%s»", value);
        return -1;
    }
    guard->which = GUARD_UNDER;
    return copy_value(value, guard->function, sizeof guard->function, problem);
}
static int read_track_fds(struct env_options *options, const char *value, struct problem *problem)
{
    options->track_fds = strcmp(value, "yes") == 0 || strcmp(value, "all") == 0;
    if (options->track_fds || strcmp(value, "no") == 0 || strcmp(value, "bad") == 0)
        return 0;
    message_format(problem->text, problem->size, "no, yes or all is expected, not «%s»", value);
    return -1;
}
static int read_glib(struct env_options *options, const char *value, struct problem *problem)
{
    return read_yes_no(value, &options->glib, problem);
}
static int read_leak_check(struct env_options *options, const char *value, struct problem *problem)
{
    options->leak_check = strcmp(value, "no") != 0;
    if (strcmp(value, "no") == 0 || strcmp(value, "yes") == 0 || strcmp(value, "full") == 0 ||
        strcmp(value, "summary") == 0)
        return 0;
    message_format(problem->text, problem->size, "no, summary, yes or full is expected, not «%s»",
                   value);
    return -1;
}

/* SIGUSR1, USR1 or a number. Those that stop the process or are faults say something else. */
static int read_check_signal(struct env_options *options, const char *value,
                             struct problem *problem)
{
    static const struct {
        const char *name;
        int signal;
    } names[] = {{"HUP", SIGHUP},   {"USR1", SIGUSR1},   {"USR2", SIGUSR2},
                 {"QUIT", SIGQUIT}, {"WINCH", SIGWINCH}, {"URG", SIGURG},
                 {"PWR", SIGPWR},   {"IO", SIGIO},       {"VTALRM", SIGVTALRM}};
    uint64_t number = 0;
    const char *name = strncmp(value, "SIG", 3) == 0 ? value + 3 : value, *next = value;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, name) == 0)
            number = (uint64_t)names[i].signal;
    if (!number && (!read_number(&next, &number) || *next))
        number = 0;
    options->check_signal = (int)number;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (number == (uint64_t)names[i].signal)
            return 0;
    if (number > 34 && number <= 64)
        return 0;
    message_format(problem->text, problem->size,
                   "a signal is expected that the program does not use (USR1, USR2, HUP, QUIT, "
                   "WINCH, URG, PWR, IO, VTALRM, 35 to 64), not «%s»",
                   value);
    return -1;
}

#define LISTED(heuristic, name) name ", "
static int read_heuristics(struct env_options *options, const char *value, struct problem *problem)
{
#define NAME(heuristic, name) [heuristic] = name,
    static const char *const names[TRACE_HEURISTICS_COUNT] = {TRACE_HEURISTICS(NAME)};
    options->heuristics = 0;
    if (strcmp(value, "none") == 0)
        return 0;
    while (*value) {
        size_t length = strcspn(value, ",");
        unsigned found = length == 3 && memcmp(value, "all", 3) == 0 ? TRACE_HEURISTICS_ALL : 0;
        for (unsigned i = 1; i < TRACE_HEURISTICS_COUNT; i++)
            if (strlen(names[i]) == length && memcmp(names[i], value, length) == 0)
                found = 1u << i;
        if (!found) {
            message_format(problem->text, problem->size,
                           "a set of " TRACE_HEURISTICS(LISTED) "or all, or none is expected, "
                                                                "not «%s»",
                           value);
            return -1;
        }
        options->heuristics |= found;
        value += length + (value[length] == ',');
    }
    return 0;
}
static int read_nothing(struct env_options *options, const char *value, struct problem *problem)
{
    (void)options;
    (void)value;
    (void)problem;
    return 0;
}

/* The tracer's own, and leakreport's, which are accepted so that one list can serve both. */
static const struct {
    const char *name;
    option_reader read;
} known_options[] = {
    {"--trace-file", read_trace_file},
    {"--log-file", read_log_file},
    {"--traced-since", read_traced_since},
    {"--log-descriptor", read_log_descriptor},
    {"--trace-children", read_trace_children},
    {"--trace-children-skip", read_skip_names},
    {"--trace-children-skip-by-arg", read_skip_arguments},
    {"--child-silent-after-fork", read_child_silent},
    {"--follow-exec", read_follow_exec},
    {"--verify-stacks", read_verify_stacks},
    {"--debug-invariants", read_debug_invariants},
    {"--errors-live", read_errors_live},
    {"--leak-check", read_leak_check},
    {"--leak-check-heuristics", read_heuristics},
    {"--heap-graph", read_heap_graph},
    {"--ages", read_ages},
    {"--run-libc-freeres", read_libc_freeres},
    {"--run-cxx-freeres", read_cxx_freeres},
    {"--glib", read_glib},
    {"--track-fds", read_track_fds},
    {"--check-on-signal", read_check_signal},
    {"--sample", read_sample},
    {"--stale-pointers", read_stale_pointers},
    {"--mmap", read_mmap},
    {"--guard", read_guard},
    {"--freelist-vol", read_volume},
    {"--freelist-big-blocks", read_big_blocks},
    {"--malloc-fill", read_malloc_fill},
    {"--free-fill", read_free_fill},
    {"--show-leak-kinds", read_nothing},
    {"--errors-for-leak-kinds", read_nothing},
    {"--leak-resolution", read_nothing},
    {"--show-reachable", read_nothing},
    {"--show-possibly-lost", read_nothing},
    {"--num-callers", read_nothing},
    {"--error-exitcode", read_nothing},
    {"--suppressions", read_nothing},
    {"--default-suppressions", read_nothing},
    {"--gen-suppressions", read_nothing},
    {"--show-below-main", read_nothing},
    {"--demangle", read_nothing},
    {"--fullpath-after", read_nothing},
    {"--show-error-list", read_nothing},
    {"--enable-debuginfod", read_nothing},
    {"--top", read_nothing},
};

static int read_flag(struct env_options *options, const char *word)
{
    if (strcmp(word, "-q") == 0 || strcmp(word, "--quiet") == 0)
        options->quiet = true;
    else if (strcmp(word, "-v") == 0 || strcmp(word, "--verbose") == 0)
        options->verbose = true;
    else if (strcmp(word, "-s") != 0 && strcmp(word, "--peak") != 0 &&
             strcmp(word, "--timeline") != 0 && strcmp(word, "--growth") != 0 &&
             strcmp(word, "--top") != 0)
        return -1;
    return 0;
}

static int read_option(struct env_options *options, const char *word, struct problem *problem)
{
    if (read_flag(options, word) == 0)
        return 0;
    const char *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    for (size_t i = 0; i < sizeof known_options / sizeof *known_options; i++) {
        const char *name = known_options[i].name;
        if (strlen(name) != length || memcmp(name, word, length) != 0)
            continue;
        if (!equals || !equals[1]) {
            message_format(problem->text, problem->size, "%s needs a value, as in %s=…", name,
                           name);
            return -1;
        }
        return known_options[i].read(options, equals + 1, problem);
    }
    message_format(problem->text, problem->size,
                   "the option %s is not known; leakreport --help lists them", word);
    return -1;
}

/* The next blank-separated word of *list, quotes taken off. false at the end. */
static bool next_word(const char **list, char *word, size_t size)
{
    const char *next = *list;
    size_t used = 0;
    char quote = '\0';
    while (*next == ' ' || *next == '\t' || *next == '\n')
        next++;
    if (!*next)
        return false;
    for (; *next && (quote || (*next != ' ' && *next != '\t' && *next != '\n')); next++) {
        if (quote ? *next == quote : (*next == '"' || *next == '\''))
            quote = quote ? '\0' : *next;
        else if (used + 1 < size)
            word[used++] = *next;
    }
    word[used] = '\0';
    *list = next;
    return true;
}

bool env_is_there(void)
{
    return __environ != NULL;
}

/* A program that was run by one that is traced, or that it became; the first one is the user's
 * choice. */
static void decide_what_is_traced(struct env_options *options)
{
    env_skip_begin(options->skip_names, options->skip_arguments);
    options->trace_forks =
        forks == FORKS_AS_CHILDREN ? options->trace_children : forks == FORKS_TRACED;
    if (!options->traced_since || options->log_descriptor >= 0 || !env_skip_is_this())
        return;
    options->skipped = true;
    options->trace_children = options->trace_forks = options->follow_exec = false;
}

int env_take_options(struct env_options *options, char *problem_text, size_t problem_size)
{
    struct problem problem = {problem_text, problem_size};
    *options = (struct env_options){
        .leak_check = true,
        .run_libc_freeres = true,
        .run_cxx_freeres = true,
        .glib = true,
        .follow_exec = true,
        .log_descriptor = -1,
        .words_descriptor = -1,
        .guard = {.volume = GUARD_VOLUME, .big = GUARD_BIG, .malloc_fill = -1, .free_fill = -1},
        .heuristics = TRACE_HEURISTICS_ALL};
    copy_value("trace.log", given_trace_file, sizeof given_trace_file, &problem);
    given_log_file[0] = '\0';
    forks = FORKS_AS_CHILDREN;
    const char *list = env_variable_trusted("LIBTRACE_OPTIONS"), *rest = list;
    static char word[8192];
    int result = 0;
    while (result == 0 && list && next_word(&rest, word, sizeof word))
        result = read_option(options, word, &problem);
    if (result == 0)
        result = check_sample(options, &problem);
    if (result == 0)
        result = read_names(options, &problem);
    options->text = list ? list : "";
    decide_what_is_traced(options);
    char **entry = env_variable_find("LIBTRACE_OPTIONS");
    if (entry && (!options->trace_children || options->added))
        start_vector_remove(entry);
    return result;
}
