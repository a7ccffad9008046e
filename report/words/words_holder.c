#include "words/words_holder.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/number_text.h"
#include "base/text_buffer.h"
#include "words/words_block.h"
#include "words/words_root.h"

#define NUMBER(n) number_text(n).text

/* --- ways ---------------------------------------------------------------- */

static char *holder_step_name(const struct options *options, const struct holding *holding,
                              const struct way_step *step)
{
    const struct model *model = holding->model;
    char *place, *text;

    switch (step->kind) {
    case WAY_ROOT:
        return words_root(model, &holding->names.roots[step->number], step->goes_on, step->offset);
    case WAY_LOST:
        return memory_text("nothing: it is lost");
    case WAY_MORE:
        place = words_stack_place(options, model, model->blocks[step->number].stack);
        text = memory_text("%s more such blocks%s, each", NUMBER(step->count), place);
        free(place);
        return text;
    default:
        return step->goes_on ? words_block_at(options, model, step->number, step->offset)
                             : words_held_block(options, model, step->number);
    }
}

/* Where no offset means anything: the block is one that a register names, say. */
static bool holder_has_offset(const struct holding *holding, const struct way_step *step)
{
    if (!step->goes_on)
        return false;
    if (step->kind != WAY_ROOT)
        return true;
    switch (holding->names.roots[step->number].kind) {
    case ROOT_VARIABLE:
    case ROOT_THREAD_LOCAL:
    case ROOT_DATA:
    case ROOT_FRAME:
    case ROOT_REGION:
    case ROOT_MAPPING:
        return true;
    default:
        return false;
    }
}

/* Where a pointer leads that is not to a block's start. */
static void holder_add_inside(struct text_buffer *text, uint64_t inside, const char *article)
{
    if (inside == GRAPH_INSIDE)
        text_buffer_format(text, "the middle of %s", article);
    else if (inside)
        text_buffer_format(text, "%s byte%s inside %s", NUMBER(inside), inside == 1 ? "" : "s",
                           article);
}

char *words_way_step(const struct options *options, const struct holding *holding,
                     const struct way_step *steps, uint32_t number)
{
    const struct way_step *step = &steps[number];
    uint64_t inside = number ? steps[number - 1].inside : 0;
    struct text_buffer text = {0};
    char *name = holder_step_name(options, holding, step);

    if (number)
        text_buffer_add(&text, "-> ");
    holder_add_inside(&text, inside, number && inside ? "a " : "");
    text_buffer_add(&text, name);
    if (holder_has_offset(holding, step))
        text_buffer_format(&text, " +%" PRIu64, step->offset);
    free(name);
    return text.text;
}

/* --- sentences ----------------------------------------------------------- */

char *words_holder_name(const struct options *options, const struct holding *holding,
                        enum holder_kind kind, const struct holder *holder)
{
    const struct model *model = holding->model;

    if (kind == HOLDER_ROOT)
        return words_root(model, &holding->names.roots[holder->number], false, 0);
    if (kind == HOLDER_BLOCK)
        return words_held_block(options, model, holder->number);
    char *place = words_stack_place(options, model, holder->number);
    char *text =
        memory_text("%s block%s%s", NUMBER(holder->own), holder->own == 1 ? "" : "s", place);
    free(place);
    return text;
}

char *words_holder(const struct options *options, const struct holding *holding,
                   enum holder_kind kind, const struct holder *holder)
{
    char *name = words_holder_name(options, holding, kind, holder);
    bool several = kind == HOLDER_STACK && holder->own != 1;
    char *text = memory_text("%s keep%s %s bytes in %s block%s", name, several ? "" : "s",
                             NUMBER(holder->kept.bytes), NUMBER(holder->kept.blocks),
                             holder->kept.blocks == 1 ? "" : "s");

    free(name);
    return text;
}

char *words_why(const struct why *why)
{
    if (why->blocks == 0)
        return memory_text("%s: no block that is in use fits it (a function, a module, an address "
                           "or the number of a loss record)",
                           why->asked);
    return memory_text("%s: %s byte%s in %s block%s", why->asked, NUMBER(why->bytes),
                       why->bytes == 1 ? "" : "s", NUMBER(why->blocks),
                       why->blocks == 1 ? "" : "s");
}

char *words_held_way(const struct held_way *way)
{
    return memory_text("%s byte%s in %s block%s %s held by", NUMBER(way->bytes),
                       way->bytes == 1 ? "" : "s", NUMBER(way->blocks), way->blocks == 1 ? "" : "s",
                       way->blocks == 1 ? "is" : "are");
}

/* --- cycles -------------------------------------------------------------- */

char *words_cycle(const struct cycle *cycle)
{
    return memory_text("%s lost cycle%s, %s bytes in %s block%s:", NUMBER(cycle->count),
                       cycle->count == 1 ? "" : "s", NUMBER(cycle->bytes), NUMBER(cycle->blocks),
                       cycle->blocks == 1 ? "" : "s");
}

char *words_cycle_step(const struct options *options, const struct model *model,
                       const struct cycle *cycle, uint32_t number)
{
    uint64_t inside = number ? cycle->steps[number - 1].inside : 0;
    struct text_buffer text = {0};

    if (number)
        text_buffer_add(&text, "-> ");
    holder_add_inside(&text, inside, "");
    if (number == cycle->step_count) {
        text_buffer_add(&text, cycle->step_count == 1 ? "itself" : "the first block");
        return text.text;
    }
    char *block =
        words_block_at(options, model, cycle->steps[number].block, cycle->steps[number].offset);
    text_buffer_format(&text, "%s%s +%" PRIu64, inside ? "a " : "", block,
                       cycle->steps[number].offset);
    free(block);
    return text.text;
}

/* ": Session::timer (+24), Timer::session (+8)"; "" where a type is not known, or there are many.
 */
static void holder_add_ends(struct text_buffer *text, const struct options *options,
                            const struct model *model, const struct cycle *cycle)
{
    enum { ENDS_SHOWN = 4 };

    for (uint32_t i = 0; i < cycle->step_count && cycle->step_count <= ENDS_SHOWN; i++) {
        const struct cycle_step *step = &cycle->steps[i];
        char *at = words_block_member(options, model, step->block, step->offset);

        if (!at)
            return;
        free(at);
    }
    for (uint32_t i = 0; i < cycle->step_count && cycle->step_count <= ENDS_SHOWN; i++) {
        const struct cycle_step *step = &cycle->steps[i];
        char *at = words_block_member(options, model, step->block, step->offset);

        text_buffer_format(text, "%s%s (+%" PRIu64 ")", i ? ", " : ": ", at, step->offset);
        free(at);
    }
}

char *words_cycle_end(const struct options *options, const struct model *model,
                      const struct cycle *cycle)
{
    if (cycle->members == cycle->step_count && cycle->ends_at != UINT32_MAX) {
        struct text_buffer text = {0};

        text_buffer_add(&text, cycle->step_count == 1 ? "make this pointer weak"
                                                      : "make one of these pointers weak");
        holder_add_ends(&text, options, model, cycle);
        return text.text;
    }
    if (cycle->ends_at == UINT32_MAX)
        return memory_text("%s blocks lead to one another: no single pointer ends it",
                           NUMBER(cycle->members));
    const struct cycle_step *step = &cycle->steps[cycle->ends_at];
    char *block = words_block_at(options, model, step->block, step->offset);
    char *text = memory_text("%s blocks lead to one another: make the pointer at +%" PRIu64
                             " of the %s weak, which ends it alone",
                             NUMBER(cycle->members), step->offset, block);

    free(block);
    return text;
}
