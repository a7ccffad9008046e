#include "views/text/text_stale.h"
#include "words/words_stale.h"

void text_stale(const struct text_page *page)
{
    const struct stale *stale = page->report->stale;

    if (!stale)
        return;
    text_line(page, "STALE POINTERS:");
    for (uint32_t i = 0; i < stale->count; i++)
        text_sentence(page, "    ", words_stale(page->report->options, stale, &stale->groups[i]));
    text_blank(page);
}
