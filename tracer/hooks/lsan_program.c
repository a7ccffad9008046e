#include "hooks/lsan_program.h"

#include "life/lifecycle.h"
#include "log/trace_log.h"
#include "os/message.h"

#include <stddef.h>
#include <string.h>

#define PROGRAMS __attribute__((weak, visibility("default")))

PROGRAMS int __lsan_is_turned_off(void);
PROGRAMS const char *__lsan_default_options(void);
PROGRAMS const char *__lsan_default_suppressions(void);

void lsan_program_begin(void)
{
    const char *text = NULL;
    if (tracing_is_on() && lifecycle_is_own_process() && __lsan_default_suppressions)
        text = __lsan_default_suppressions();
    if (!text || !*text)
        return;
    trace_log_header->suppressions = trace_log_add_string(text, strlen(text));
    if (trace_log_header->suppressions.length == 0)
        message_line("libtrace: what __lsan_default_suppressions returns does not fit into the log "
                     "(32 KiB): give leakreport a file of it, --suppressions=FILE");
}

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
