#include "hooks/lsan_program.h"

#include "life/lifecycle.h"

#include <stddef.h>
#include <string.h>

#define PROGRAMS __attribute__((weak, visibility("default")))

PROGRAMS int __lsan_is_turned_off(void);
PROGRAMS const char *__lsan_default_options(void);

/* "verbosity=1:detect_leaks=0": separated by colons, commas or blanks. */
static bool is_in_options(const char *options, const char *wanted)
{
    size_t length = strlen(wanted);
    for (const char *at = options; *at; at += strcspn(at, ":, \t\n\r")) {
        at += strspn(at, ":, \t\n\r");
        if (strncmp(at, wanted, length) == 0 && strcspn(at, ":, \t\n\r") == length)
            return true;
    }
    return false;
}

static bool is_turned_off(void)
{
    const char *options = __lsan_default_options ? __lsan_default_options() : NULL;
    return (__lsan_is_turned_off && __lsan_is_turned_off()) ||
           (options && (is_in_options(options, "detect_leaks=0") ||
                        is_in_options(options, "detect_leaks=false")));
}

bool lsan_program_ask(void)
{
    if (!tracing_is_on() || !lifecycle_is_own_process() || !lifecycle_options()->leak_check)
        return true;
    if (!is_turned_off())
        return true;
    lifecycle_skip_leak_check(TRACE_OBSTACLE_TURNED_OFF);
    return false;
}
