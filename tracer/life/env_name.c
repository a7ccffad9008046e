#include "life/env_name.h"

#include "life/env_variable.h"
#include "os/message.h"
#include "os/sys.h"

#include <stdbool.h>
#include <string.h>

struct name {
    char *path;
    size_t size;
    size_t used;
    bool again; /* the result is expanded once more: %p stays, and a % is doubled */
};

static bool name_add(struct name *name, const char *text, size_t length)
{
    if (length >= name->size - name->used)
        return false;
    memcpy(name->path + name->used, text, length);
    name->used += length;
    name->path[name->used] = '\0';
    return true;
}

/* Text that is no format. */
static bool name_add_plain(struct name *name, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!name_add(name, text[i] == '%' && name->again ? "%%" : text + i,
                      text[i] == '%' && name->again ? 2 : 1))
            return false;
    return true;
}

static bool name_add_number(struct name *name, long number)
{
    char digits[24];
    size_t length = message_format(digits, sizeof digits, "%d", (int64_t)number);
    return name_add(name, digits, length);
}

/* %q{VAR}; *format stands on the q and is moved behind the brace. */
static const char *name_add_variable(struct name *name, const char *format, char *problem,
                                     size_t problem_size)
{
    const char *end = format[1] == '{' ? strchr(format, '}') : NULL;
    char variable[256];
    size_t length = end ? (size_t)(end - format) - 2 : 0;
    if (!end || length == 0 || length >= sizeof variable) {
        message_format(problem, problem_size, "%%q needs a variable in braces, as in %%q{HOME}");
        return NULL;
    }
    memcpy(variable, format + 2, length);
    variable[length] = '\0';
    const char *value = env_variable_trusted(variable);
    if (!value) {
        message_format(problem, problem_size, "the environment variable %s of %%q{%s} is not set",
                       variable, variable);
        return NULL;
    }
    return name_add_plain(name, value, strlen(value)) ? end + 1 : NULL;
}

/* A directory that was removed, or one that is out of reach ("(unreachable)/…") or too deep for a
 * path, has no name: the file's stays relative then, and the kernel says what becomes of it. */
static void name_add_directory(struct name *name)
{
    char directory[4096];
    if (sys_is_error(sys_getcwd(directory, sizeof directory)) || directory[0] != '/')
        return;
    size_t length = strlen(directory);
    if (!name_add_plain(name, directory, length) || (length > 1 && !name_add(name, "/", 1))) {
        name->used = 0;
        name->path[0] = '\0';
    }
}

static int expand(const char *format, struct name name, char *problem, size_t problem_size)
{
    message_format(problem, problem_size, "the file name is too long: %s", format);
    name.path[0] = '\0';
    if (format[0] == '~') {
        message_format(problem, problem_size,
                       "a file name may not begin with ~ (no shell expands it here): %s", format);
        return -1;
    }
    if (format[0] != '/')
        name_add_directory(&name);
    while (*format) {
        bool fits = true;
        if (*format != '%') {
            fits = name_add(&name, format++, 1);
        } else if (name.again && (format[1] == 'p' || format[1] == '%')) {
            fits = name_add(&name, format, 2);
            format += 2;
        } else if (format[1] == 'p' || format[1] == 'n') {
            fits = name_add_number(&name, format[1] == 'p' ? sys_getpid() : 1);
            format += 2;
        } else if (format[1] == '%') {
            fits = name_add(&name, "%", 1);
            format += 2;
        } else if (format[1] == 'q') {
            format = name_add_variable(&name, format + 1, problem, problem_size);
            fits = format != NULL;
        } else {
            message_format(
                problem, problem_size,
                "%%p, %%n, %%q{VAR} and %%%% are understood in a file name, but not this: %s",
                format);
            fits = false;
        }
        if (!fits)
            return -1;
    }
    return 0;
}

int env_name_expand(const char *format, char *path, size_t size, char *problem, size_t problem_size)
{
    return expand(format, (struct name){path, size, 0, false}, problem, problem_size);
}

int env_name_prepare(const char *format, char *path, size_t size, char *problem,
                     size_t problem_size)
{
    return expand(format, (struct name){path, size, 0, true}, problem, problem_size);
}
