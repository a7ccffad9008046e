#include "read/model.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "read/block_ages.h"

void model_init(struct model *model, const char *log_path)
{
    uint32_t unknown = STACK_UNKNOWN;

    memset(model, 0, sizeof *model);
    model->log_path = log_path;
    model_put_stack(model, &unknown, 0, 0);
}

void model_want_usage(struct model *model)
{
    model->usage = memory_zeroed(1, sizeof *model->usage);
}

void model_want_history(struct model *model)
{
    if (!model->usage)
        model_want_usage(model);
    model->history = memory_zeroed(1, sizeof *model->history);
}

void model_want_ages(struct model *model)
{
    model->ages = memory_zeroed(1, sizeof *model->ages);
}

static void model_free_history(struct history *history)
{
    if (!history)
        return;
    for (uint32_t i = 0; i < history->stack_count; i++)
        free(history->stacks[i]);
    free(history->stacks);
    free(history);
}

static void model_free_usage(struct usage *usage)
{
    if (!usage)
        return;
    free(usage->stacks);
    free(usage->samples);
    free(usage->by_thread);
    intern_free(&usage->thread_numbers);
    free(usage);
}

static void model_free_frames(struct model *model)
{
    free(model->frames);
    intern_free(&model->frame_keys);
    intern_free(&model->stack_keys);
    free(model->stack_ages);
}

void model_free(struct model *model)
{
    for (uint32_t i = 0; i < model->module_count; i++)
        free(model->modules[i].path);
    for (uint32_t i = 0; i < model->note_count; i++)
        note_free(&model->notes[i]);
    model_free_frames(model);
    model_free_history(model->history);
    model_free_usage(model->usage);
    block_ages_free(model->ages);
    graph_free(model->graph);
    free(model->modules);
    free(model->notes);
    free(model->blocks);
    for (uint32_t i = 0; i < model->misuse_count; i++)
        free(model->misuses[i].text);
    free(model->misuses);
    for (uint32_t i = 0; i < model->name_count; i++)
        free(model->names[i].text);
    free(model->names);
    free(model->stale);
    free(model->command);
    free(model->arguments);
    free(model->executable);
    free(model->tracer);
    free(model->became);
    free(model->generated);
    free(model->jitdump);
    free(model->root);
    free(model->suppressions);
    free(model->open_files);
    free(model->left_out);
    memset(model, 0, sizeof *model);
}

uint32_t model_module_at(const struct model *model, uint64_t address)
{
    uint32_t found = 0;

    for (uint32_t i = 1; i < model->module_count; i++) {
        const struct module *module = &model->modules[i];

        if (!module->present || address < module->start || address >= module->end)
            continue;
        if (!module->unmapped)
            return i;
        found = i;
    }
    return found;
}

uint32_t model_put_frame(struct model *model, uint64_t address, uint32_t module)
{
    uint64_t key[2] = {address, module};
    uint32_t number = intern_put(&model->frame_keys, key, sizeof key);

    if (number == model->frame_count) {
        memory_reserve(model->frames, model->frame_count, model->frame_capacity);
        model->frames[model->frame_count++] = (struct frame){.address = address, .module = module};
    }
    return number;
}

uint32_t model_put_stack(struct model *model, const uint32_t *words, uint32_t frame_count,
                         uint64_t age)
{
    uint32_t known = model->stack_keys.count;
    uint32_t number = intern_put(&model->stack_keys, words, (frame_count + 1) * sizeof *words);

    if (number == known) {
        memory_reserve(model->stack_ages, known, model->stack_age_capacity);
        model->stack_ages[number] = age;
    } else if (age < model->stack_ages[number]) {
        model->stack_ages[number] = age;
    }
    return number;
}

struct stack model_stack(const struct model *model, uint32_t stack)
{
    size_t size;
    const uint32_t *words = intern_get(&model->stack_keys, stack, &size);

    return (struct stack){
        .end = words[0], .count = (uint32_t)(size / sizeof *words) - 1, .frames = words + 1};
}

uint32_t model_stack_count(const struct model *model)
{
    return model->stack_keys.count;
}

void model_add_note(struct model *model, enum note_kind kind, uint64_t number, const char *subject,
                    const char *detail)
{
    model->has_gaps |= note_is_gap(kind);
    memory_reserve(model->notes, model->note_count, model->note_capacity);
    model->notes[model->note_count++] =
        (struct note){kind, number, memory_text("%s", subject ? subject : ""),
                      memory_text("%s", detail ? detail : "")};
}

const char *model_kind_words(enum block_kind kind)
{
    static const char *const words[BLOCK_KINDS_COUNT] = {
        [BLOCK_REACHABLE] = "still reachable",
        [BLOCK_POSSIBLY_LOST] = "possibly lost",
        [BLOCK_INDIRECTLY_LOST] = "indirectly lost",
        [BLOCK_DEFINITELY_LOST] = "definitely lost",
        [BLOCK_LIVE] = "in use",
    };

    return words[kind];
}
