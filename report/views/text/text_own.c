#include "views/text/text_own.h"
#include <stdlib.h>
#include "base/memory.h"
#include "base/short_name.h"
#include "judge/own/own_stack.h"
#include "words/words_error.h"

struct text_own {
    struct owners owners;
    struct own_stack stack;
};

void text_own_begin(struct text_page *page)
{
    if (!page->report->options->own)
        return;
    page->own = memory_zeroed(1, sizeof *page->own);
    owners_begin(&page->own->owners, page->report->options, page->report->model);
}

void text_own_end(struct text_page *page)
{
    if (!page->own)
        return;
    owners_end(&page->own->owners);
    own_stack_free(&page->own->stack);
    free(page->own);
}

static char *text_own_name(const struct text_page *page, const char *function)
{
    if (!function)
        return memory_text("???");
    return page->report->options->full_names ? memory_text("%s", function) : short_name(function);
}

static void text_own_line(const struct text_page *page, const struct own_item *item, bool is_first)
{
    char *name = text_own_name(page, item->line.function);
    struct text_buffer text = {0};

    text_buffer_format(&text, "   %s 0x%" PRIX64 ": %s", is_first ? "at" : "by", item->line.address,
                       name);
    words_add_source(&text, &item->line);
    text_line_in(page, item->is_own ? TEXT_STRONG : TEXT_PLAIN, "%s", text.text);
    free(text.text);
    free(name);
}

static void text_own_run(const struct text_page *page, const struct own_item *run)
{
    uint32_t labels = run->label_count < OWN_LABELS ? run->label_count : OWN_LABELS;
    char *name = text_own_name(page, run->line.function);
    struct text_buffer text = {0};

    text_buffer_format(&text, "   ... %s frames of ", NUMBER(run->folded));
    for (uint32_t i = 0; i < labels; i++)
        text_buffer_format(&text, "%s%.*s", i ? ", " : "", run->label_lengths[i], run->labels[i]);
    if (run->label_count > labels)
        text_buffer_add(&text, " and others");
    text_buffer_format(&text, " in %s ...", name);
    text_line_in(page, TEXT_FAINT, "%s", text.text);
    free(text.text);
    free(name);
}

enum stack_end text_own_stack(const struct text_page *page, uint32_t number)
{
    struct own_stack *stack = &page->own->stack;

    own_stack_make(stack, &page->own->owners, number);
    for (uint32_t i = 0; i < stack->count; i++)
        if (stack->items[i].folded)
            text_own_run(page, &stack->items[i]);
        else
            text_own_line(page, &stack->items[i], i == 0);
    return stack->end;
}
