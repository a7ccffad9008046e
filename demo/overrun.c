#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "overrun.h"

static void append(char **end, const char *text)
{
    while (*text)
        *(*end)++ = *text++;
}

/* The caller's to free. */
static char *label_join(const char *left, const char *right, enum demo_way way)
{
    size_t length = strlen(left) + 1 + strlen(right);
    char *label = must_have(malloc(way == DEMO_FIXED ? length + 1 : length));
    char *end = label;
    append(&end, left);
    append(&end, "/");
    append(&end, right);
    *end = '\0'; /* behind the block, if it has no room for it */
    return label;
}

void overrun_run(enum demo_way way)
{
    char *label = label_join("shelf-12", "tray-07", way);
    printf("overrun: the label is %.16s\n", way == DEMO_FIXED ? label : "too long for its block");
    free(label);
}
