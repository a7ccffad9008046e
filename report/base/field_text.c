#include "base/field_text.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/safe_text.h"

static char field_byte(char byte, const char *from, const char *to)
{
    const char *found = strchr(from, byte);

    return found ? to[found - from] : byte;
}

void field_text_make(char *text, const char *from, const char *to)
{
    int safe;

    for (size_t length; *text; text += length) {
        length = safe_text_next(text, &safe);
        if (!safe || *text == '\t')
            memset(text, ' ', length);
        else if (length == 1)
            *text = field_byte(*text, from, to);
    }
}

void field_text_put(FILE *out, const char *text, const char *from, const char *to)
{
    char *copy = memory_text("%s", text);

    field_text_make(copy, from, to);
    fputs(copy, out);
    free(copy);
}
