#include "life/sanitizers.h"

#include "libc/real.h"
#include "life/lifecycle.h"
#include "os/message.h"

/* A sanitizer's runtime brings its own malloc, and shadow memory of terabytes, full of what would
 * look like pointers. */
void sanitizers_skip_check(void)
{
    static const struct {
        const char *symbol;
        const char *name;
    } known[] = {
#define KNOWN(lower, upper, name) {"__" #lower "_init", name},
        TRACE_SANITIZERS(KNOWN)
#undef KNOWN
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!real_is_bypassed(known[i].symbol) && !real_find(known[i].symbol))
            continue;
        lifecycle_skip_leak_check(TRACE_OBSTACLE_SANITIZER);
        message_line("libtrace: this program is built with %s, which replaces malloc itself: no "
                     "leak check is made; build it without",
                     known[i].name);
    }
}
