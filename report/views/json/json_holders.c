#include "views/json/json_holders.h"
#include <stdlib.h>
#include "judge/types/block_types.h"
#include "words/words_holder.h"

/* Frees the text. */
static void json_words(struct json_writer *json, const char *key, char *text)
{
    json_text(json, key, text);
    free(text);
}

static void json_kept(struct json_writer *json, struct kept kept)
{
    json_number(json, "bytes", kept.bytes);
    json_number(json, "blocks", kept.blocks);
}

/* What the block is, and what lies at that place of it: as far as it is known. */
static void json_type(struct json_writer *json, const struct model *model, uint32_t block)
{
    struct block_type type;

    json_text(json, "type", block_types_of(model->types, block, &type) ? type.name : NULL);
}

static void json_member(struct json_writer *json, const struct model *model, uint32_t block,
                        uint64_t offset)
{
    json_words(json, "member", block_types_place(model->types, block, offset));
}

/* --- --why --------------------------------------------------------------- */

static void json_step(struct json_writer *json, const struct report *report,
                      const struct held_way *way, uint32_t number)
{
    static const char *const kinds[] = {
        [WAY_ROOT] = "root", [WAY_LOST] = "lost", [WAY_BLOCK] = "block", [WAY_MORE] = "blocks"};
    const struct way_step *step = &way->steps[number];
    bool is_block = step->kind == WAY_BLOCK || step->kind == WAY_MORE;

    json_object(json, NULL);
    json_text(json, "kind", kinds[step->kind]);
    json_words(json, "text",
               words_way_step(report->options, &report->holders->holding, way->steps, number));
    if (is_block) {
        json_number(json, "address", report->model->blocks[step->number].address);
        json_number(json, "size", report->model->blocks[step->number].size);
        json_number(json, "stack", report->model->blocks[step->number].stack);
        json_number(json, "count", step->count);
        json_type(json, report->model, step->number);
    }
    if (step->goes_on) {
        json_number(json, "offset", step->offset);
        json_number(json, "inside", step->inside);
        if (is_block)
            json_member(json, report->model, step->number, step->offset);
    }
    json_end_object(json);
}

static void json_why(struct json_writer *json, const struct report *report, const struct why *why)
{
    json_object(json, NULL);
    json_text(json, "asked", why->asked);
    json_kept(json, (struct kept){why->bytes, why->blocks});
    json_number(json, "unknown", why->unknown);
    json_number(json, "all_ways", why->total);
    json_array(json, "ways");
    for (uint32_t i = 0; i < why->count; i++) {
        json_object(json, NULL);
        json_kept(json, (struct kept){why->ways[i].bytes, why->ways[i].blocks});
        json_array(json, "steps");
        for (uint32_t k = 0; k < why->ways[i].count; k++)
            json_step(json, report, &why->ways[i], k);
        json_end_array(json);
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

/* --- --retained ---------------------------------------------------------- */

static void json_list(struct json_writer *json, const struct report *report, enum holder_kind kind)
{
    static const char *const keys[HOLDER_KINDS] = {
        [HOLDER_ROOT] = "roots", [HOLDER_STACK] = "stacks", [HOLDER_BLOCK] = "blocks"};
    const struct holders *holders = report->holders;

    json_array(json, keys[kind]);
    for (uint32_t i = 0; i < holders->counts[kind]; i++) {
        const struct holder *holder = &holders->lists[kind][i];

        json_object(json, NULL);
        json_words(json, "name",
                   words_holder_name(report->options, &holders->holding, kind, holder));
        json_kept(json, holder->kept);
        json_end_object(json);
    }
    json_end_array(json);
}

static void json_tree(struct json_writer *json, const struct report *report)
{
    const struct holders *holders = report->holders;

    json_array(json, "tree");
    for (uint32_t i = 0; i < holders->tree.count; i++) {
        const struct kept_node *node = &holders->tree.nodes[i];
        const struct holder holder = {node->number, node->own, node->kept};

        json_object(json, NULL);
        json_number(json, "depth", node->depth);
        json_words(json, "name",
                   words_holder_name(report->options, &holders->holding,
                                     node->is_root ? HOLDER_ROOT : HOLDER_STACK, &holder));
        json_kept(json, node->kept);
        json_end_object(json);
    }
    json_end_array(json);
}

static void json_retained(struct json_writer *json, const struct report *report)
{
    json_object(json, "retained");
    for (int kind = 0; kind < HOLDER_KINDS; kind++)
        json_list(json, report, (enum holder_kind)kind);
    json_tree(json, report);
    json_end_object(json);
}

/* --- cycles -------------------------------------------------------------- */

static void json_cycle(struct json_writer *json, const struct report *report,
                       const struct cycle *cycle)
{
    json_object(json, NULL);
    json_number(json, "count", cycle->count);
    json_kept(json, (struct kept){cycle->bytes, cycle->blocks});
    json_number(json, "members", cycle->members);
    json_array(json, "steps");
    for (uint32_t i = 0; i < cycle->step_count; i++) {
        json_object(json, NULL);
        json_words(json, "text", words_cycle_step(report->options, report->model, cycle, i));
        json_number(json, "stack", report->model->blocks[cycle->steps[i].block].stack);
        json_number(json, "offset", cycle->steps[i].offset);
        json_type(json, report->model, cycle->steps[i].block);
        json_member(json, report->model, cycle->steps[i].block, cycle->steps[i].offset);
        json_end_object(json);
    }
    json_end_array(json);
    json_words(json, "end", words_cycle_end(report->options, report->model, cycle));
    json_end_object(json);
}

void json_holders(struct json_writer *json, const struct report *report)
{
    const struct holders *holders = report->holders;

    if (report->cycles && report->cycles->count) {
        json_array(json, "cycles");
        for (uint32_t i = 0; i < report->cycles->count; i++)
            json_cycle(json, report, &report->cycles->cycles[i]);
        json_end_array(json);
    }
    if (!holders)
        return;
    json_object(json, "holders");
    json_bool(json, "all_pointers", !holders->is_partial);
    json_array(json, "why");
    for (uint32_t i = 0; i < holders->why_count; i++)
        json_why(json, report, &holders->whys[i]);
    json_end_array(json);
    if (holders->retained && !holders->is_partial)
        json_retained(json, report);
    json_end_object(json);
}
