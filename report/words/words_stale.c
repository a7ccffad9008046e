#include "words/words_stale.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/number_text.h"
#include "base/text_buffer.h"
#include "judge/own_frame.h"
#include "words/words_error.h"
#include "words/words_root.h"

#define NUMBER(n) number_text(n).text

/* "samples_grow (view.c:25)" */
static void stale_add_place(struct text_buffer *text, const struct options *options,
                            const struct model *model, uint32_t stack)
{
    static char folder[4096];
    struct shown_line line;

    if (!folder[0] && !getcwd(folder, sizeof folder))
        folder[0] = '/';
    own_frame(&line, options, model, stack, folder);
    text_buffer_add(text, line.object && line.function ? line.function : "???");
    if (line.object)
        words_add_source(text, &line);
}

static void stale_add_holder(struct text_buffer *text, const struct options *options,
                             const struct stale *stale, const struct stale_group *group)
{
    const struct model *model = stale->names.model;

    if (group->root == UINT32_MAX) {
        text_buffer_format(text, "byte %s of a block of size %s that ", NUMBER(group->offset),
                           NUMBER(group->first->record.holder_size));
        stale_add_place(text, options, model, group->first->stack_holder);
        text_buffer_add(text, " allocated");
        return;
    }
    char *root = words_root(model, &stale->names.roots[group->root], true, group->offset);
    text_buffer_add(text, root);
    free(root);
}

static void stale_add_block(struct text_buffer *text, const struct options *options,
                            const struct stale *stale, const struct stale_group *group)
{
    const struct stale_pointer *pointer = group->first;
    const struct model *model = stale->names.model;

    text_buffer_format(text, " points %s bytes into a block of size %s that ",
                       NUMBER(pointer->record.word - pointer->record.block),
                       NUMBER(pointer->record.block_size));
    if (!pointer->record.stack_freed) {
        stale_add_place(text, options, model, pointer->stack_allocated);
        text_buffer_add(text, " gave up");
        return;
    }
    stale_add_place(text, options, model, pointer->stack_freed);
    if (pointer->record.moved_to)
        text_buffer_format(text, " moved from 0x%" PRIx64 " to 0x%" PRIx64, pointer->record.block,
                           pointer->record.moved_to);
    else
        text_buffer_add(text, " freed");
    if (!pointer->record.taken)
        return;
    text_buffer_add(text, ", and whose place has been taken since by a block that ");
    stale_add_place(text, options, model, pointer->stack_taken);
    text_buffer_add(text, " allocated");
}

char *words_stale(const struct options *options, const struct stale *stale,
                  const struct stale_group *group)
{
    struct text_buffer text = {0};

    stale_add_holder(&text, options, stale, group);
    stale_add_block(&text, options, stale, group);
    if (group->count > 1)
        text_buffer_format(&text, ", as do %s more words there", NUMBER(group->count - 1));
    return text.text;
}
