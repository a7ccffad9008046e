#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/memory.h"
#include "suppress/suppress.h"
#include "suppress/suppress_glob.h"
#include "suppress/suppress_match.h"
#include "suppress/suppress_parse.h"
#include "suppress/suppress_stack.h"

/* A suppression file of this size is a mistake; /dev/zero and the like end here too. */
#define FILE_SIZE_MAX (32u << 20)

struct suppressions {
    struct suppress_rules rules;
    struct suppress_matcher *matcher; /* made by the first search after a change; NULL before */
    bool names_memalign;              /* some rule does: see suppress_stack; made with it */
};

struct suppressions *suppress_new(size_t callers)
{
    struct suppressions *suppressions = memory_zeroed(1, sizeof *suppressions);

    suppressions->rules.callers = callers;
    return suppressions;
}

const char *suppress_warning(const struct suppressions *suppressions, size_t index)
{
    return index < suppressions->rules.warnings_count ? suppressions->rules.warnings[index] : NULL;
}

void suppress_free(struct suppressions *suppressions)
{
    if (suppressions == NULL)
        return;
    suppress_matcher_free(suppressions->matcher);
    suppress_rules_free(&suppressions->rules);
    free(suppressions);
}

/* --- reading ------------------------------------------------------------- */

int suppress_load_text(struct suppressions *suppressions, const char *name, const char *text,
                       size_t size, struct failure *failure)
{
    suppress_matcher_free(suppressions->matcher);
    suppressions->matcher = NULL;
    return suppress_parse_text(&suppressions->rules, name, text, size, failure);
}

static int fail_file(struct failure *failure, const char *path, const char *what)
{
    return failure_set(
        failure,
        "%.500s: the suppression file cannot be read: %s; give --suppressions a file that can",
        path, what);
}

/* Reads to the end: a pipe (<(...) of a shell) has no size to ask for. 0 or an errno; the buffer
 * is the caller's to free in both cases. */
static int read_all(int fd, char **buffer, size_t *size)
{
    size_t capacity = 0;
    for (;;) {
        if (*size == capacity) {
            capacity = capacity == 0 ? 1u << 16 : capacity * 2;
            *buffer = memory_resized(*buffer, capacity, 1);
        }
        ssize_t got = read(fd, *buffer + *size, capacity - *size);
        if (got == 0)
            return 0;
        if (got < 0 && errno != EINTR)
            return errno;
        *size += got > 0 ? (size_t)got : 0;
        if (*size > FILE_SIZE_MAX)
            return EFBIG;
    }
}

static int read_file(const char *path, char **buffer, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return errno;
    int result = read_all(fd, buffer, size);
    close(fd);
    return result;
}

int suppress_load(struct suppressions *suppressions, const char *path, struct failure *failure)
{
    char *text = NULL;
    size_t size = 0;
    int problem = read_file(path, &text, &size);
    int result = -1;
    if (problem == EFBIG)
        fail_file(failure, path, "it is larger than 32 MiB");
    else if (problem != 0)
        fail_file(failure, path, strerror(problem));
    else
        result = suppress_load_text(suppressions, path, text, size, failure);
    free(text);
    return result;
}

/* --- searching ----------------------------------------------------------- */

static bool has_name(const struct suppress_rule *rule, const char *name)
{
    for (size_t i = 0; i < rule->patterns_count; i++)
        if (rule->patterns[i].kind == SUPPRESS_FUNCTION &&
            suppress_glob_matches(rule->patterns[i].glob, name))
            return true;
    return false;
}

static void make_matcher(struct suppressions *suppressions)
{
    suppressions->matcher = suppress_matcher_new(&suppressions->rules);
    suppressions->names_memalign = false;
    for (size_t i = 0; i < suppressions->rules.count; i++)
        suppressions->names_memalign |= has_name(suppressions->rules.items[i], "memalign");
}

/* Of two rules the one that is tried first. */
static struct suppress_rule *earlier_rule(const struct suppress_rules *rules,
                                          struct suppress_rule *a, struct suppress_rule *b)
{
    for (size_t i = rules->count; i-- > 0 && a != NULL && b != NULL;)
        if (rules->items[i] == a || rules->items[i] == b)
            return rules->items[i];
    return a != NULL ? a : b;
}

struct suppress_entry *suppress_find(struct suppressions *suppressions, enum suppress_kind kind,
                                     unsigned leak_kinds, const struct suppress_stack *stack)
{
    struct suppress_stack longer;

    if (suppressions->rules.count == 0)
        return NULL;
    if (suppressions->matcher == NULL)
        make_matcher(suppressions);
    struct suppress_rule *rule =
        suppress_matcher_find(suppressions->matcher, kind, leak_kinds, stack);
    if (suppressions->names_memalign && suppress_stack_lengthen(&longer, stack))
        rule =
            earlier_rule(&suppressions->rules, rule,
                         suppress_matcher_find(suppressions->matcher, kind, leak_kinds, &longer));
    return rule != NULL ? &rule->entry : NULL;
}

void suppress_count(struct suppress_entry *entry, uint64_t times, uint64_t bytes, uint64_t blocks)
{
    entry->times += times;
    entry->bytes += bytes;
    entry->blocks += blocks;
}

/* --- many logs ----------------------------------------------------------- */

void suppress_next_log(struct suppressions *suppressions)
{
    for (size_t i = 0; i < suppressions->rules.count; i++) {
        struct suppress_entry *entry = &suppressions->rules.items[i]->entry;

        entry->times_before += entry->times;
        entry->bytes_before += entry->bytes;
        entry->blocks_before += entry->blocks;
        entry->times = entry->bytes = entry->blocks = 0;
    }
    if (suppressions->matcher)
        suppress_matcher_forget(suppressions->matcher);
}

void suppress_forget_log(struct suppressions *suppressions)
{
    for (size_t i = 0; i < suppressions->rules.count; i++) {
        struct suppress_entry *entry = &suppressions->rules.items[i]->entry;

        entry->times = entry->bytes = entry->blocks = 0;
    }
    suppress_next_log(suppressions);
}

void suppress_sum_logs(struct suppressions *suppressions)
{
    for (size_t i = 0; i < suppressions->rules.count; i++) {
        struct suppress_entry *entry = &suppressions->rules.items[i]->entry;

        entry->times += entry->times_before;
        entry->bytes += entry->bytes_before;
        entry->blocks += entry->blocks_before;
        entry->times_before = entry->bytes_before = entry->blocks_before = 0;
    }
}

size_t suppress_entries_count(const struct suppressions *suppressions)
{
    return suppressions->rules.count;
}

const struct suppress_entry *suppress_entry_at(const struct suppressions *suppressions,
                                               size_t index)
{
    return &suppressions->rules.items[suppressions->rules.count - 1 - index]->entry;
}
