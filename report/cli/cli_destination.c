#include "cli/cli_destination.h"
#include <stdlib.h>
#include <string.h>
#include "base/format.h"
#include "base/memory.h"
#include "base/number_text.h"

/* %p, %n, %q{VAR} and %%: known to whoever writes there, and to the tracer, whose name it may be.
 */
static int cli_check_format(const struct cli_option *option, const char *at,
                            struct failure *failure)
{
    const char *end = at[1] == 'q' && at[2] == '{' ? strchr(at, '}') : NULL;

    if (at[1] == 'p' || at[1] == 'n' || at[1] == '%')
        return 0;
    if (!end)
        return failure_set(
            failure,
            "%s: %%p, %%n, %%q{VAR} and %%%% are understood in a file name, but not this: %s",
            option->name, at);
    char *variable = memory_text("%.*s", (int)(end - at) - 3, at + 3);
    int result = getenv(variable) ? 0
                                  : failure_set(failure, "%s: the variable %s is not set",
                                                option->name, variable);

    free(variable);
    return result;
}

/* A name that is given to the report is understood, or refused, as one that is given to the tracer.
 */
static int cli_check_file_name(const struct cli_option *option, const char *value,
                               struct failure *failure)
{
    if (!*value)
        return cli_refuse(option, value, failure);
    if (*value == '~')
        return failure_set(failure,
                           "%s: a file name may not begin with ~ (no shell expands it here): %s",
                           option->name, value);
    for (const char *at = value; (at = strchr(at, '%')); at += 2)
        if (cli_check_format(option, at, failure) != 0)
            return -1;
    return 0;
}

int cli_take_file_name(struct options *options, const struct cli_option *option, const char *value,
                       struct failure *failure)
{
    if (cli_check_file_name(option, value, failure) != 0)
        return -1;
    *(const char **)cli_field(options, option) = value;
    return 0;
}

/* --- destinations -------------------------------------------------------- */

int cli_take_to_file(struct options *options, const struct cli_option *option, const char *value,
                     struct failure *failure)
{
    if (cli_check_file_name(option, value, failure) != 0)
        return -1;
    *(struct destination *)cli_field(options, option) =
        (struct destination){.file = value, .option = option->name};
    return 0;
}

int cli_take_to_fd(struct options *options, const struct cli_option *option, const char *value,
                   struct failure *failure)
{
    uint64_t fd;

    if (!number_read(value, strlen(value), option->high, &fd))
        return failure_set(failure, "%s=%s is not understood: give the number of a file descriptor",
                           option->name, value);
    *(struct destination *)cli_field(options, option) =
        (struct destination){.fd = (int)fd, .is_fd = true};
    return 0;
}

int cli_take_to_socket(struct options *options, const struct cli_option *option, const char *value,
                       struct failure *failure)
{
    if (!*value)
        return cli_refuse(option, value, failure);
    *(struct destination *)cli_field(options, option) = (struct destination){.socket = value};
    return 0;
}
int cli_take_html(struct options *options, const struct cli_option *option, const char *value,
                  struct failure *failure)
{
    if (cli_check_file_name(option, value, failure) != 0)
        return -1;
    options->format = FORMAT_HTML;
    options->log_to = (struct destination){.file = value, .option = option->name};
    return 0;
}
