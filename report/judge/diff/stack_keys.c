#include "judge/diff/stack_keys.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "judge/fingerprint.h"
#include "judge/shown_stack.h"

/* --- modules of the same build ------------------------------------------- */

static const char *keys_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Without build ids the file tells, and without that (the kernel's own) the name. */
static bool keys_is_same_build(const struct module *a, const struct module *b)
{
    if (a->build_id_size || b->build_id_size)
        return a->build_id_size == b->build_id_size &&
               memcmp(a->build_id, b->build_id, a->build_id_size) == 0;
    return strcmp(a->path, b->path) == 0 && a->file_size == b->file_size &&
           a->file_time_ns == b->file_time_ns && (a->file_size || a->path[0] == '[');
}

/* A file may be mapped more than once: of those that fit, the one with the same name. */
static uint32_t keys_find_twin(const struct model *model, const struct module *module)
{
    uint32_t found = 0;

    for (uint32_t i = 1; i < model->module_count; i++) {
        const struct module *other = &model->modules[i];

        if (!other->present || !keys_is_same_build(module, other))
            continue;
        if (strcmp(keys_base_name(module->path), keys_base_name(other->path)) == 0)
            return i;
        found = found ? found : i;
    }
    return found;
}

/* Twins of the older side; the other side's are what they say, so that a pair is one both ways. */
static void keys_find_twins(struct stack_keys *keys)
{
    const struct model *before = keys->models[STACK_KEYS_BEFORE];
    const struct model *now = keys->models[STACK_KEYS_NOW];

    for (uint32_t i = 1; i < before->module_count; i++) {
        uint32_t twin = before->modules[i].present ? keys_find_twin(now, &before->modules[i]) : 0;

        if (twin && keys->twins[STACK_KEYS_NOW][twin])
            twin = 0;
        keys->twins[STACK_KEYS_BEFORE][i] = twin;
        keys->twins[STACK_KEYS_NOW][twin] = i;
    }
    keys->twins[STACK_KEYS_NOW][0] = 0;
}

static bool keys_all_have_twins(const struct stack_keys *keys, int side)
{
    for (uint32_t i = 1; i < keys->models[side]->module_count; i++)
        if (keys->models[side]->modules[i].present && !keys->twins[side][i])
            return false;
    return true;
}

void stack_keys_begin(struct stack_keys *keys, const struct options *options,
                      const struct model *before, struct symbolizer *symbolizer_before,
                      const struct model *now, struct symbolizer *symbolizer_now)
{
    *keys = (struct stack_keys){.options = options,
                                .models = {before, now},
                                .symbolizers = {symbolizer_before, symbolizer_now}};
    for (int side = 0; side < STACK_KEYS_SIDES; side++)
        keys->twins[side] =
            memory_zeroed(keys->models[side]->module_count + 1, sizeof *keys->twins[side]);
    keys_find_twins(keys);
    /* An export's stacks end at main, a log's below it: they are the same as they are shown. */
    keys->exact = !before->is_export && keys_all_have_twins(keys, STACK_KEYS_BEFORE) &&
                  keys_all_have_twins(keys, STACK_KEYS_NOW);
}

void stack_keys_end(struct stack_keys *keys)
{
    for (int side = 0; side < STACK_KEYS_SIDES; side++)
        free(keys->twins[side]);
    intern_free(&keys->keys);
    free(keys->bytes);
}

/* --- keys ---------------------------------------------------------------- */

void stack_keys_clear(struct stack_keys *keys)
{
    keys->size = 0;
}

static void keys_add(struct stack_keys *keys, const void *bytes, size_t size)
{
    if (keys->size + size > keys->capacity) {
        keys->capacity = 2 * (keys->size + size);
        keys->bytes = memory_resized(keys->bytes, keys->capacity, 1);
    }
    memcpy(keys->bytes + keys->size, bytes, size);
    keys->size += size;
}

void stack_keys_add_number(struct stack_keys *keys, uint64_t number)
{
    keys_add(keys, &number, sizeof number);
}

uint32_t stack_keys_number(struct stack_keys *keys)
{
    return intern_put(&keys->keys, keys->bytes, keys->size);
}

/* The older side's module and the place in it. */
static void keys_add_place(struct stack_keys *keys, int side, const struct frame *frame)
{
    uint32_t twin = keys->twins[side][frame->module];

    keys_add(keys, "@", 1);
    stack_keys_add_number(keys, side == STACK_KEYS_BEFORE ? frame->module : twin);
    stack_keys_add_number(keys, frame->address - keys->models[side]->modules[frame->module].bias);
}

/* Of a module's name what stands before its version counts. */
static void keys_add_names(struct stack_keys *keys, const struct shown_line *line, bool with_lines)
{
    const char *name = line->function ? line->function : keys_base_name(line->object);
    size_t length =
        line->function ? fingerprint_name_length(name) : strcspn(name, line->object[0] ? "." : "");

    keys_add(keys, line->function ? "f" : "m", 1);
    keys_add(keys, name, length);
    keys_add(keys, "", 1);
    if (with_lines)
        stack_keys_add_number(keys, line->number);
}

static void keys_add_exact(struct stack_keys *keys, int side, uint32_t number, uint32_t frames)
{
    struct stack stack = model_stack(keys->models[side], number);

    for (uint32_t i = 0; i < stack.count && i < frames; i++)
        keys_add_place(keys, side, &keys->models[side]->frames[stack.frames[i]]);
}

/* In the same build a line is the same wherever its code was put. */
static void keys_add_line(struct stack_keys *keys, int side, const struct shown_line *line,
                          bool is_first, bool strict)
{
    bool twin = line->frame->module && keys->twins[side][line->frame->module];

    if (!twin)
        keys_add_names(keys, line, strict);
    else if (!strict && line->function && line->number)
        keys_add_names(keys, line, true);
    else if (is_first)
        keys_add_place(keys, side, line->frame);
}

/* A stack that was cut at --num-callers has more lines where more was inlined: as many count as
 * each has. */
static void keys_add_lines(struct stack_keys *keys, int side, uint32_t number, uint32_t frames,
                           bool strict)
{
    struct shown_stack shown;
    struct shown_line line;
    uint32_t last = UINT32_MAX;
    unsigned lines = 0;

    shown_stack_begin(&shown, keys->options, keys->models[side], number);
    while (shown_stack_next(&shown, &line) && lines < keys->options->num_callers &&
           shown.frame < frames) {
        lines++;
        keys_add_line(keys, side, &line, shown.frame != last, strict);
        last = shown.frame;
    }
}

void stack_keys_add_stack(struct stack_keys *keys, int side, uint32_t stack, uint32_t frames,
                          bool strict)
{
    if (keys->exact && strict)
        keys_add_exact(keys, side, stack, frames);
    else
        keys_add_lines(keys, side, stack, frames, strict);
    keys_add(keys, "|", 1);
}
