#include "views/text/text_never.h"
#include "words/words_never.h"

enum { NEVER_SHOWN = 20 };

void text_never(const struct text_page *page)
{
    const struct never_freed *never = page->report->never;
    uint32_t limit = page->report->options->limit ? page->report->options->limit : NEVER_SHOWN;

    if (!never)
        return;
    text_line(page, "NEVER FREED, WHERE NEIGHBOURS ARE:");
    for (uint32_t i = 0; i < never->count && i < limit; i++)
        text_sentence(page, "    ", words_never_freed(&never->places[i]));
    if (never->count == 0)
        text_line(page, "    there are none");
    if (never->count > limit)
        text_line(page, "    and %s more", NUMBER(never->count - limit));
    text_blank(page);
}
