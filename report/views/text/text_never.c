#include "views/text/text_never.h"
#include <stdlib.h>
#include "words/words_never.h"

enum { NEVER_SHOWN = 20 };

static uint32_t never_limit(const struct text_page *page)
{
    uint32_t limit = page->report->options->limit;

    return limit ? limit : NEVER_SHOWN;
}

static void never_end(const struct text_page *page, uint32_t count)
{
    if (count == 0)
        text_line(page, "    there are none");
    if (count > never_limit(page))
        text_line(page, "    and %s more", NUMBER(count - never_limit(page)));
    text_blank(page);
}

static void text_old(const struct text_page *page, const struct old_blocks *old)
{
    if (!old->is_known)
        return;
    text_line(page, "FAR OLDER THAN OTHER BLOCKS OF THEIR STACK:");
    for (uint32_t i = 0; i < old->count && i < never_limit(page); i++)
        text_sentence(page, "    ", words_old_blocks(&old->places[i]));
    never_end(page, old->count);
}

void text_never(const struct text_page *page)
{
    const struct never_freed *never = page->report->never;

    if (!never)
        return;
    text_line(page, "NEVER FREED, WHERE NEIGHBOURS ARE:");
    for (uint32_t i = 0; i < never->count && i < never_limit(page); i++)
        text_sentence(page, "    ", words_never_freed(&never->places[i]));
    never_end(page, never->count);
    text_old(page, page->report->old);
}
