#include "life/env_skip.h"

#include "libc/real.h"
#include "os/sys.h"

#include <elf.h>
#include <string.h>

static struct {
    const char *names;
    const char *arguments;
} skip = {"", ""};

void env_skip_begin(const char *names, const char *arguments)
{
    skip.names = names;
    skip.arguments = arguments;
}

/* --- patterns ------------------------------------------------------------- */

/* Only the latest star is tried again: whatever an earlier one could take more, it can, too. */
static bool matches(const char *pattern, size_t length, const char *text)
{
    const char *end = pattern + length, *after_star = NULL, *retry = NULL;
    while (*text) {
        if (pattern < end && *pattern == '*') {
            after_star = ++pattern;
            retry = text;
        } else if (pattern < end && (*pattern == '?' || *pattern == *text)) {
            pattern++;
            text++;
        } else if (after_star) {
            pattern = after_star;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (pattern < end && *pattern == '*')
        pattern++;
    return pattern == end;
}

static bool any_matches(const char *list, const char *text)
{
    while (*list) {
        size_t length = strcspn(list, ",");
        if (matches(list, length, text))
            return true;
        list += length + (list[length] == ',');
    }
    return false;
}

/* --- programs that are run ------------------------------------------------ */

static bool can_read(const void *address)
{
    return sys_can_read((uintptr_t)address & ~(uintptr_t)7);
}

/* Page by page: the end of a string is not known before it is read. */
static bool is_whole(const char *text)
{
    while (text && can_read(text)) {
        size_t left = SYS_PAGE - (uintptr_t)text % SYS_PAGE;
        for (size_t i = 0; i < left; i++)
            if (!text[i])
                return true;
        text += left;
    }
    return false;
}

bool env_skip_matches(const char *name, char *const arguments[])
{
    if (*skip.names && is_whole(name) && any_matches(skip.names, name))
        return true;
    if (!*skip.arguments || !arguments)
        return false;
    for (size_t i = 0; can_read(&arguments[i]) && arguments[i]; i++)
        if (is_whole(arguments[i]) && any_matches(skip.arguments, arguments[i]))
            return true;
    return false;
}

/* --- this one ------------------------------------------------------------- */

/* As the kernel has them, for nobody else knows where they are so early. An argument that does not
 * fit is compared as far as it goes. */
static bool own_arguments_match(void)
{
    static char arguments[32768];
    long fd = sys_open("/proc/self/cmdline", O_RDONLY, 0);
    long length = sys_is_error(fd) ? 0 : sys_read((int)fd, arguments, sizeof arguments - 1);
    if (!sys_is_error(fd))
        sys_close((int)fd);
    for (long at = 0; at < length; at += (long)strlen(arguments + at) + 1)
        if (any_matches(skip.arguments, arguments + at))
            return true;
    return false;
}

bool env_skip_is_this(void)
{
    const char *name = (const char *)real_libc()->getauxval(AT_EXECFN);
    if (*skip.names && name && any_matches(skip.names, name))
        return true;
    return *skip.arguments && own_arguments_match();
}
