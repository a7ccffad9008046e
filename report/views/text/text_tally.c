#include "views/text/text_tally.h"
#include <ctype.h>
#include "words/words_tally.h"

static void tally_title(const struct text_page *page, const struct tally *tally)
{
    char title[WORDS_TALLY_TITLE];

    words_tally_title(title, tally->metric, page->report->options->by);
    for (char *at = title; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    text_line(page, "%s:", title);
}

void text_tally(const struct text_page *page)
{
    const struct tally *tally = page->report->tally;

    if (!tally)
        return;
    tally_title(page, tally);
    if (tally->count == 0)
        text_line(page, "    %s", tally->left_out ? "nothing that --filter wants" : "nothing");
    else
        text_line(page, "%8s %18s %14s  %s", "share",
                  metric_is_bytes(tally->metric) ? "bytes" : "calls",
                  words_tally_second(tally->metric), words_by(page->report->options->by));
    for (uint32_t i = 0; i < tally->shown; i++)
        text_line_in(page, i == 0 ? TEXT_STRONG : TEXT_PLAIN, "%8s %18s %14s  %s",
                     words_share(tally->rows[i].figure, tally->total).text,
                     NUMBER(tally->rows[i].figure), NUMBER(tally->rows[i].second),
                     tally->rows[i].name);
    if (tally->shown < tally->count)
        text_line(page, "%8s %18s %14s  in %s more, left out by --limit",
                  words_share(tally->rest, tally->total).text, NUMBER(tally->rest), "",
                  NUMBER(tally->count - tally->shown));
    if (tally->left_out)
        text_line(page, "%8s %18s %14s  left out by --filter",
                  words_share(tally->left_out, tally->total).text, NUMBER(tally->left_out), "");
    text_blank(page);
}
