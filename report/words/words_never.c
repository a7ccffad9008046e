#include "words/words_never.h"
#include <stdlib.h>
#include "base/memory.h"
#include "base/number_text.h"
#include "base/short_name.h"

#define NUMBER(n) number_text(n).text

static char *never_source(const struct shown_line *line)
{
    if (line->file)
        return memory_text("%s:%u", line->file, line->number);
    return memory_text("at 0x%llX in %s", (unsigned long long)line->address, line->object);
}

char *words_never_freed(const struct never_freed_place *place)
{
    char *function = short_name(place->line.function), *source = never_source(&place->line);
    char *text =
        memory_text("%s bytes in %s block%s by %s (%s), never freed; %s of %s places of this "
                    "function free theirs",
                    NUMBER(place->bytes), NUMBER(place->blocks), place->blocks == 1 ? "" : "s",
                    function, source, NUMBER(place->freeing), NUMBER(place->places));

    free(function);
    free(source);
    return text;
}
