#include "judge/own/own_stack.h"
#include "judge/own_frame.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

/* A longer run of library frames is folded, but for as many at its ends: who allocates, and what
 * the program called. */
enum { OWN_LIBRARY_RUN = 6, OWN_LIBRARY_ENDS = 2 };

static enum owner own_level(struct owners *owners, const struct stack *stack)
{
    enum owner level = OWNER_ALLOCATOR;

    for (uint32_t i = 0; i < stack->count; i++) {
        enum owner owner = owners_frame(owners, stack->frames[i]);

        if (owner > level)
            level = owner;
        if (shown_frame_is_last(owners->options, &owners->model->frames[stack->frames[i]]))
            break;
    }
    return level;
}

/* --- items --------------------------------------------------------------- */

static void own_add_label(struct own_item *run, const struct frame_owner *owner)
{
    for (uint32_t i = 0; i < run->label_count && i < OWN_LABELS; i++)
        if (run->label_lengths[i] == owner->label_length &&
            memcmp(run->labels[i], owner->label, (size_t)owner->label_length) == 0)
            return;
    if (run->label_count < OWN_LABELS) {
        run->labels[run->label_count] = owner->label;
        run->label_lengths[run->label_count] = owner->label_length;
    }
    run->label_count++;
}

static struct own_item *own_add(struct own_stack *own, const struct shown_line *line)
{
    memory_reserve(own->items, own->count, own->capacity);
    own->items[own->count] = (struct own_item){.line = *line};
    return &own->items[own->count++];
}

/* Lines and their owners, innermost first. */
struct own_lines {
    struct own_line {
        struct shown_line line;
        struct frame_owner owner;
    } * at;
    uint32_t count, capacity;
};

static void own_lines_make(struct own_lines *lines, struct owners *owners, uint32_t stack,
                           enum stack_end *end)
{
    struct shown_stack shown;
    struct shown_line line;

    shown_stack_begin(&shown, owners->options, owners->model, stack);
    while (shown_stack_next(&shown, &line)) {
        memory_reserve(lines->at, lines->count, lines->capacity);
        lines->at[lines->count++] = (struct own_line){line, owners_line(owners, &line)};
    }
    *end = shown_stack_end(&shown);
}

/* Is it part of a run that is one item, unless it is alone? */
static bool own_folds(const struct own_line *line, enum owner level)
{
    return !line->line.is_below_main && line->owner.owner != OWNER_ALLOCATOR &&
           line->owner.owner < level && line->owner.owner != OWNER_LIBRARY;
}

static void own_put_run(struct own_stack *own, const struct own_line *lines, uint32_t count)
{
    struct own_item *run = own_add(own, &lines[count - 1].line);

    if (count == 1)
        return;
    run->folded = count;
    for (uint32_t i = 0; i < count; i++)
        own_add_label(run, &lines[i].owner);
}

static void own_put_library(struct own_stack *own, const struct own_line *lines, uint32_t count)
{
    uint32_t ends = count > OWN_LIBRARY_RUN ? OWN_LIBRARY_ENDS : count;

    for (uint32_t i = 0; i < ends; i++)
        own_add(own, &lines[i].line);
    if (ends == count)
        return;
    own_put_run(own, lines + ends, count - 2 * ends);
    for (uint32_t i = count - ends; i < count; i++)
        own_add(own, &lines[i].line);
}

static uint32_t own_run(const struct own_lines *lines, uint32_t from, enum owner level,
                        bool is_library)
{
    uint32_t end = from;

    while (end < lines->count && (is_library ? lines->at[end].owner.owner == OWNER_LIBRARY
                                             : own_folds(&lines->at[end], level)))
        end++;
    return end - from;
}

void own_stack_make(struct own_stack *own, struct owners *owners, uint32_t number)
{
    struct stack stack = model_stack(owners->model, number);
    enum owner level = own_level(owners, &stack);
    struct own_lines lines = {0};

    own->count = 0;
    own_lines_make(&lines, owners, number, &own->end);
    for (uint32_t i = 0, count; i < lines.count; i += count) {
        if ((count = own_run(&lines, i, level, false)) > 0)
            own_put_run(own, lines.at + i, count);
        else if (level > OWNER_LIBRARY && (count = own_run(&lines, i, level, true)) > 0)
            own_put_library(own, lines.at + i, count);
        else
            own_add(own, &lines.at[i].line)->is_own = lines.at[i].owner.owner == level, count = 1;
    }
    free(lines.at);
}

void own_stack_free(struct own_stack *own)
{
    free(own->items);
    *own = (struct own_stack){0};
}

/* --- the culprit --------------------------------------------------------- */

bool own_stack_culprit(struct shown_line *line, struct owners *owners, uint32_t number)
{
    struct stack stack = model_stack(owners->model, number);
    enum owner level = own_level(owners, &stack);
    struct shown_stack shown;
    struct shown_line each;
    bool found = false;

    memset(line, 0, sizeof *line);
    shown_stack_begin(&shown, owners->options, owners->model, number);
    while (shown_stack_next(&shown, &each)) {
        bool is_wrapper = own_frame_is_wrapper(each.function);

        if (owners_line(owners, &each).owner != level || (found && is_wrapper))
            continue;
        *line = each;
        found = true;
        if (!is_wrapper)
            return true;
    }
    return found;
}

/* --- how long ------------------------------------------------------------ */

uint32_t own_stack_frames(struct owners *owners, const struct stack *stack, uint32_t callers)
{
    enum owner level = own_level(owners, stack);
    uint32_t counted = 0;
    bool in_run = false;

    for (uint32_t i = 0; i < stack->count; i++) {
        enum owner owner = owners_frame(owners, stack->frames[i]);
        bool folds = owner < level && owner != OWNER_LIBRARY && owner != OWNER_ALLOCATOR;

        if ((counted || owner == level) && !(folds && in_run))
            counted++;
        if (counted > callers)
            return i;
        in_run = folds;
    }
    return stack->count;
}
