#include "cli/cli_foreign.h"
#include <string.h>

struct cli_foreign {
    struct cli_option option; /* first: its parser gets a pointer to it; help: why it is ignored */
    const char *silent;
    const char *sentence;
};

#define X(name, argument, silent, why)                                                             \
    {{name, (argument)[0] ? (argument) : NULL, why, cli_take_foreign, 0, NULL, 0, 0},              \
     silent,                                                                                       \
     name " is ignored: " why "."},
static const struct cli_foreign cli_foreign_table[] = {
#include "cli/cli_foreign.def"
};
#undef X
enum { CLI_FOREIGN_COUNT = sizeof cli_foreign_table / sizeof *cli_foreign_table };

const struct cli_option *cli_foreign_find(const char *argument)
{
    for (size_t i = 0; i < CLI_FOREIGN_COUNT; i++)
        if (cli_is_named(&cli_foreign_table[i].option, argument))
            return &cli_foreign_table[i].option;
    return NULL;
}

/* --- values -------------------------------------------------------------- */

/* "a|b|c" are words, N is a number, and anything else may be anything. */
static bool cli_foreign_takes(const char *argument, const char *value)
{
    size_t length = strlen(value);

    if (strcmp(argument, "N") == 0)
        return length && strspn(value, "0123456789kKmMgG") == length;
    if (!strchr(argument, '|'))
        return true;
    for (const char *word = argument;; word++) {
        size_t end = strcspn(word, "|");

        if (end == length && memcmp(word, value, length) == 0)
            return true;
        word += end;
        if (!*word)
            return false;
    }
}

/* A later one counts: of a file and the command line, for one. */
static void cli_foreign_forget(struct option_list *ignored, const char *sentence)
{
    size_t kept = 0;

    for (size_t i = 0; i < ignored->count; i++)
        if (ignored->items[i] != sentence)
            ignored->items[kept++] = ignored->items[i];
    ignored->count = kept;
}

int cli_take_foreign(struct options *options, const struct cli_option *option, const char *value,
                     struct failure *failure)
{
    const struct cli_foreign *foreign = (const struct cli_foreign *)option;

    if (value && !cli_foreign_takes(option->argument, value))
        return failure_set(failure,
                           "%s=%s is not understood: %s takes %s; see leakreport --help-debug",
                           option->name, value, option->name, option->argument);
    cli_foreign_forget(&options->ignored, foreign->sentence);
    if (option->help[0] && !(value && foreign->silent && strcmp(value, foreign->silent) == 0))
        option_list_add(&options->ignored, foreign->sentence);
    return 0;
}

/* --- tools --------------------------------------------------------------- */

static const struct {
    const char *name, *instead;
} cli_tools[] = {
    {"massif",
     "--peak, --top and --timeline show what massif shows, --format=massif writes its file"},
    {"dhat", "--top=calls,temporary and --peak show what dhat shows of allocations"},
    {"helgrind", "races of threads are not looked for here; gcc -fsanitize=thread does that"},
    {"drd", "races of threads are not looked for here; gcc -fsanitize=thread does that"},
    {"cachegrind", "instructions are not counted here; perf stat does that"},
    {"callgrind", "instructions are not counted here; perf record -g does that"},
    {"exp-bbv", "instructions are not counted here"},
    {"lackey", "instructions are not counted here"},
    {"none", "run the program as it is"},
};

bool cli_foreign_is_tools(const char *argument)
{
    for (size_t i = 0; i < sizeof cli_tools / sizeof *cli_tools; i++) {
        size_t length = strlen(cli_tools[i].name);

        if (strncmp(argument, "--", 2) == 0 &&
            strncmp(argument + 2, cli_tools[i].name, length) == 0 && argument[length + 2] == ':')
            return true;
    }
    return false;
}

int cli_take_tool(struct options *options, const struct cli_option *option, const char *value,
                  struct failure *failure)
{
    (void)options;
    (void)option;
    if (strcmp(value, "memcheck") == 0)
        return 0;
    for (size_t i = 0; i < sizeof cli_tools / sizeof *cli_tools; i++)
        if (strcmp(value, cli_tools[i].name) == 0)
            return failure_set(failure, "leakreport has no --tool=%s: %s", value,
                               cli_tools[i].instead);
    return failure_set(failure,
                       "--tool=%s is not known: leakreport does what --tool=memcheck does with "
                       "blocks; leave the option out",
                       value);
}

/* --- help ---------------------------------------------------------------- */

void cli_foreign_print(FILE *out)
{
    fputs("\nOptions of valgrind that are accepted and do nothing, and why:\n", out);
    for (size_t i = 0; i < CLI_FOREIGN_COUNT; i++) {
        const struct cli_option *option = &cli_foreign_table[i].option;

        fprintf(out, "  %s%s%s\n%s%s%s", option->name, option->argument ? "=" : "",
                option->argument ? option->argument : "", option->help[0] ? "      " : "",
                option->help, option->help[0] ? "\n" : "");
    }
}
