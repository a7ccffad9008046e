#include "views/text/text_growth.h"
#include "judge/growth_stacks.h"
#include "views/text/text_stack.h"
#include "words/words_ending.h"

static uint64_t growth_rounded(double number)
{
    return number > 0 ? (uint64_t)(number + 0.5) : 0;
}

static void growth_line(const struct text_page *page, const struct growing *growing,
                        uint32_t number, uint32_t count)
{
    const struct growth *growth = &growing->growth;

    text_line(
        page,
        "%s bytes an hour more (%s to %s with 95 %% confidence; that it grows: %.1f %%), since "
        "%s s after the start; %s bytes in %s blocks %s, in stack %s of %s",
        NUMBER(growth_rounded(growth->bytes_per_hour)), NUMBER(growth_rounded(growth->lowest)),
        NUMBER(growth_rounded(growth->highest)), (double)(int)(1000 * growth->confidence) / 10,
        NUMBER(growth_rounded(growth->since)), NUMBER(growing->bytes), NUMBER(growing->blocks),
        words_moment(page->report->moment), NUMBER(number + 1), NUMBER(count));
}

static void growth_rest(const struct text_page *page, const struct growth_stacks *stacks)
{
    text_line(page, "Of other stacks %s level off, %s go up and down, %s are steady.",
              NUMBER(stacks->kinds[GROWTH_LEVELS_OFF]), NUMBER(stacks->kinds[GROWTH_UP_AND_DOWN]),
              NUMBER(stacks->kinds[GROWTH_STEADY]));
    if (page->report->model->history->left_out)
        text_line(page, "Stacks with the least live bytes were left out: there were too many.");
    text_blank(page);
}

void text_growth(const struct text_page *page)
{
    const struct growth_stacks *stacks = page->report->growth;

    if (!stacks)
        return;
    text_line(page, "GROWTH: by %s moments in %s s", NUMBER(stacks->moments),
              NUMBER(growth_rounded(stacks->seconds)));
    if (stacks->moments < GROWTH_POINTS_MIN) {
        text_line(
            page,
            "    too few to tell: %d are needed. One is taken each 0.25 s at first, while the "
            "program allocates",
            GROWTH_POINTS_MIN);
        text_blank(page);
        return;
    }
    if (!stacks->kinds[GROWTH_ENDLESS])
        text_line(page, "    no stack grows without end");
    text_blank(page);
    for (uint32_t i = 0; i < stacks->shown; i++) {
        growth_line(page, &stacks->stacks[i], i, stacks->kinds[GROWTH_ENDLESS]);
        text_stack(page, stacks->stacks[i].stack);
        text_blank(page);
    }
    growth_rest(page, stacks);
}
