#include "symbols/below_main.h"
#include <string.h>

enum below_main below_main_judge(const struct frame *frame)
{
    static const char *const below[] = {"__libc_start_main", "__libc_start_call_main",
                                        "generic_start_main", "_start"};
    const char *name =
        frame->position_count ? frame->positions[frame->position_count - 1].function : NULL;

    if (!name)
        return BELOW_MAIN_NO;
    if (strcmp(name, "main") == 0)
        return BELOW_MAIN_IS_MAIN;
    for (size_t i = 0; i < sizeof below / sizeof *below; i++)
        if (strncmp(name, below[i], strlen(below[i])) == 0 &&
            (name[strlen(below[i])] == '\0' || name[strlen(below[i])] == '.'))
            return BELOW_MAIN_IS_BELOW;
    return BELOW_MAIN_NO;
}
