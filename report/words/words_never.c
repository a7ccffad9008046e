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

/* "0.8 s", "300 s". */
static char *never_seconds(uint64_t ns)
{
    uint64_t tenths = (ns + 50000000u) / 100000000u;

    return tenths < 1000 ? memory_text("%u.%u s", (unsigned)(tenths / 10), (unsigned)(tenths % 10))
                         : memory_text("%s s", NUMBER(tenths / 10));
}

char *words_old_blocks(const struct old_place *place)
{
    char *function = short_name(place->line.function), *source = never_source(&place->line);
    char *begin = never_seconds(place->begin_ns), *end = never_seconds(place->end_ns);
    char *until =
        place->end_ns ? memory_text("between %s and %s", begin, end) : memory_text("later");
    char *text =
        memory_text("%s bytes in %s block%s by %s (%s) are from the first %s; all %s that it made "
                    "%s are freed",
                    NUMBER(place->bytes), NUMBER(place->blocks), place->blocks == 1 ? "" : "s",
                    function, source, begin, NUMBER(place->freed), until);

    free(function);
    free(source);
    free(begin);
    free(end);
    free(until);
    return text;
}
