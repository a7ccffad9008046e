#include "cli/cli_value.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/number_text.h"
#include "trace_format.h"

bool cli_is_named(const struct cli_option *option, const char *argument)
{
    static const char tool[] = "--memcheck:";
    const char *name = option->name;

    if (strncmp(argument, tool, sizeof tool - 1) == 0 && name[1] == '-') {
        argument += sizeof tool - 1;
        name += 2;
    }
    size_t length = strlen(name);
    return strncmp(argument, name, length) == 0 && (!argument[length] || argument[length] == '=');
}

void *cli_field(struct options *options, const struct cli_option *option)
{
    return (char *)options + option->offset;
}

static const struct cli_word *cli_find_word(const struct cli_word *words, const char *text,
                                            size_t length)
{
    for (; words->text; words++)
        if (strlen(words->text) == length && memcmp(words->text, text, length) == 0)
            return words;
    return NULL;
}

/* Words that the help text does not list in the option's own line. */
static int cli_refuse_word(const struct cli_option *option, const char *value,
                           struct failure *failure)
{
    char list[200] = "";
    size_t size = 0;

    for (const struct cli_word *word = option->words; word->text && size < sizeof list; word++)
        size +=
            (size_t)snprintf(list + size, sizeof list - size, "%s%s", size ? "|" : "", word->text);
    return failure_set(failure, "%s=%s is not understood: %s takes %s; see leakreport --help",
                       option->name, value, option->name, list);
}

int cli_refuse(const struct cli_option *option, const char *value, struct failure *failure)
{
    if (option->words && strcmp(option->argument, "NAME") == 0)
        return cli_refuse_word(option, value, failure);
    return failure_set(failure, "%s=%s is not understood: %s takes %s; see leakreport --help",
                       option->name, value, option->name, option->argument);
}

static int cli_word_value(const struct cli_option *option, const char *value, unsigned *result,
                          struct failure *failure)
{
    const struct cli_word *word = cli_find_word(option->words, value, strlen(value));

    if (!word)
        return cli_refuse(option, value, failure);
    *result = word->value;
    return 0;
}

int cli_take_choice(struct options *options, const struct cli_option *option, const char *value,
                    struct failure *failure)
{
    return cli_word_value(option, value, cli_field(options, option), failure);
}

int cli_take_show(struct options *options, const struct cli_option *option, const char *value,
                  struct failure *failure)
{
    options->show_changes_asked = true;
    return cli_take_choice(options, option, value, failure);
}

int cli_take_bool(struct options *options, const struct cli_option *option, const char *value,
                  struct failure *failure)
{
    unsigned result = 0;
    int status = cli_word_value(option, value, &result, failure);

    *(bool *)cli_field(options, option) = result != 0;
    return status;
}

/* all and none stand alone; other words add up. */
int cli_take_set(struct options *options, const struct cli_option *option, const char *value,
                 struct failure *failure)
{
    unsigned set = 0;
    const char *rest = value;

    for (;;) {
        size_t length = strcspn(rest, ",");
        const struct cli_word *word = cli_find_word(option->words, rest, length);
        bool whole = word && (word->value == 0 || strcmp(word->text, "all") == 0);

        if (!word || (whole && (rest != value || rest[length])))
            return failure_set(failure,
                               "%s=%s is not understood at \"%.*s\": give names with commas "
                               "between them, or all, or none; see leakreport --help",
                               option->name, value, (int)length, rest);
        set |= word->value;
        if (!rest[length])
            break;
        rest += length + 1;
    }
    *(unsigned *)cli_field(options, option) = set;
    return 0;
}

/* Writes the field; false: no number, or not within the bounds. */
static bool cli_put_number(struct options *options, const struct cli_option *option,
                           const char *text, size_t length)
{
    uint64_t number;

    if (!number_read(text, length, option->high, &number) || number < option->low)
        return false;
    *(unsigned *)cli_field(options, option) = (unsigned)number;
    return true;
}

int cli_take_number(struct options *options, const struct cli_option *option, const char *value,
                    struct failure *failure)
{
    if (cli_put_number(options, option, value, strlen(value)))
        return 0;
    return failure_set(failure, "%s=%s is not understood: give a number from %u to %u",
                       option->name, value, option->low, option->high);
}

/* A number, or the name of an order. */
static bool cli_take_top_part(struct options *options, const struct cli_option *option,
                              const char *part, size_t length)
{
    const struct cli_word *word = cli_find_word(option->words, part, length);

    if (!word)
        return cli_put_number(options, option, part, length);
    options->top_orders |= word->value;
    return true;
}

int cli_take_follow(struct options *options, const struct cli_option *option, const char *value,
                    struct failure *failure)
{
    return cli_take_choice(options, option, value ? value : "screen", failure);
}

int cli_take_top(struct options *options, const struct cli_option *option, const char *value,
                 struct failure *failure)
{
    options->top_asked = true;
    for (const char *part = value; part;) {
        size_t length = strcspn(part, ",");

        if (!cli_take_top_part(options, option, part, length))
            return failure_set(failure,
                               "--top=%s is not understood at \"%.*s\": give a number from %u to "
                               "%u, what to order by (bytes, calls, temporary, peak, live, moved, "
                               "mapped, "
                               "all), "
                               "or both with commas between them; see leakreport --help",
                               value, (int)length, part, option->low, option->high);
        part = part[length] ? part + length + 1 : NULL;
    }
    return 0;
}

/* The end may be left out. */
int cli_take_markers(struct options *options, const struct cli_option *option, const char *value,
                     struct failure *failure)
{
    if (!*value || *value == ',')
        return cli_refuse(option, value, failure);
    *(const char **)cli_field(options, option) = strcmp(value, "none") == 0 ? NULL : value;
    return 0;
}
int cli_take_text(struct options *options, const struct cli_option *option, const char *value,
                  struct failure *failure)
{
    (void)failure;
    *(const char **)cli_field(options, option) = value;
    return 0;
}

int cli_take_folder(struct options *options, const struct cli_option *option, const char *value,
                    struct failure *failure)
{
    struct stat status;

    if (stat(value, &status) != 0 || !S_ISDIR(status.st_mode))
        return failure_set(failure, "%s: %s is not a directory", option->name, value);
    return cli_take_text(options, option, value, failure);
}

int cli_take_list(struct options *options, const struct cli_option *option, const char *value,
                  struct failure *failure)
{
    (void)failure;
    option_list_add(cli_field(options, option), value);
    return 0;
}

/* An empty text is in everything. */
int cli_take_filter(struct options *options, const struct cli_option *option, const char *value,
                    struct failure *failure)
{
    return *value ? cli_take_list(options, option, value, failure)
                  : cli_refuse(option, value, failure);
}
int cli_take_flag(struct options *options, const struct cli_option *option, const char *value,
                  struct failure *failure)
{
    (void)value;
    (void)failure;
    *(bool *)cli_field(options, option) = true;
    return 0;
}

/* As valgrind does. */
int cli_take_xtree_leak(struct options *options, const struct cli_option *option, const char *value,
                        struct failure *failure)
{
    if (cli_take_bool(options, option, value, failure) != 0)
        return -1;
    if (options->xtree_leak) {
        options->leak_check = CLI_CHECK_FULL;
        options->show_kinds = CLI_KINDS_ALL;
    }
    return 0;
}

int cli_take_error_list(struct options *options, const struct cli_option *option, const char *value,
                        struct failure *failure)
{
    options->show_suppressed = strcmp(value, "all") == 0;
    options->show_error_list = options->show_suppressed || strcmp(value, "yes") == 0;
    if (!options->show_error_list && strcmp(value, "no") != 0)
        return cli_refuse(option, value, failure);
    return 0;
}

int cli_take_mode(struct options *options, const struct cli_option *option, const char *value,
                  struct failure *failure)
{
    (void)value;
    (void)failure;
    options->mode = (int)option->low;
    return 0;
}

/* Its value is looked at by the tracer. */
int cli_take_tracers(struct options *options, const struct cli_option *option, const char *value,
                     struct failure *failure)
{
    (void)options;
    (void)option;
    (void)value;
    (void)failure;
    return 0;
}

/* The two old spellings change the set as valgrind does. */
int cli_take_show_reachable(struct options *options, const struct cli_option *option,
                            const char *value, struct failure *failure)
{
    unsigned yes = 0;

    if (cli_word_value(option, value, &yes, failure) != 0)
        return -1;
    if (yes)
        options->show_kinds = CLI_KINDS_ALL;
    else
        options->show_kinds &= ~CLI_BIT(TRACE_REACHABLE);
    return 0;
}

int cli_take_show_possible(struct options *options, const struct cli_option *option,
                           const char *value, struct failure *failure)
{
    unsigned yes = 0;

    if (cli_word_value(option, value, &yes, failure) != 0)
        return -1;
    if (yes)
        options->show_kinds |= CLI_BIT(TRACE_POSSIBLY_LOST);
    else
        options->show_kinds &= ~CLI_BIT(TRACE_POSSIBLY_LOST);
    return 0;
}
