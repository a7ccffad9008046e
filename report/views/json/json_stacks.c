#include "views/json/json_stacks.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "read/stack_use.h"
#include "symbols/build_id.h"

/* --- strings ------------------------------------------------------------- */

/* NULL is "". */
static uint32_t json_string(struct json_tables *tables, const char *text)
{
    return intern_put(&tables->strings, text ? text : "", strlen(text ? text : "") + 1);
}

void json_tables_make(struct json_tables *tables, const struct model *model, bool below_main,
                      bool with_ends)
{
    *tables = (struct json_tables){.strings = {0}};
    (with_ends ? call_tree_make_with_ends : call_tree_make)(&tables->tree, model, below_main);
    json_string(tables, "");
}

void json_tables_free(struct json_tables *tables)
{
    call_tree_free(&tables->tree);
    intern_free(&tables->strings);
}

/* --- modules ------------------------------------------------------------- */

static void json_build_id(struct json_writer *json, const struct module *module)
{
    char text[BUILD_ID_TEXT];

    build_id_text(module, text);
    json_text(json, "build_id", *text ? text : NULL);
}

void json_modules(struct json_writer *json, const struct model *model)
{
    json_array(json, "modules");
    for (uint32_t i = 0; i < model->module_count; i++) {
        const struct module *module = &model->modules[i];

        json_object(json, NULL);
        json_text(json, "path", module->path ? module->path : "");
        json_build_id(json, module);
        json_number(json, "start", module->start);
        json_number(json, "end", module->end);
        json_number(json, "bias", module->bias);
        json_bool(json, "is_program", module->is_program);
        json_end_object(json);
    }
    json_end_array(json);
}

/* --- frames -------------------------------------------------------------- */

typedef uint64_t json_column(struct json_tables *tables, const struct call_position *at);

static uint64_t json_frame_function(struct json_tables *tables, const struct call_position *at)
{
    return json_string(tables, at->function);
}

static uint64_t json_frame_linked(struct json_tables *tables, const struct call_position *at)
{
    return json_string(tables, at->linked);
}

static uint64_t json_frame_file(struct json_tables *tables, const struct call_position *at)
{
    return json_string(tables, at->path ? at->path : at->file);
}

static uint64_t json_frame_line(struct json_tables *tables, const struct call_position *at)
{
    (void)tables;
    return at->line;
}

static uint64_t json_frame_module(struct json_tables *tables, const struct call_position *at)
{
    (void)tables;
    return at->module_number;
}

static uint64_t json_frame_address(struct json_tables *tables, const struct call_position *at)
{
    (void)tables;
    return at->offset;
}

static uint64_t json_frame_inlined(struct json_tables *tables, const struct call_position *at)
{
    (void)tables;
    return at->inlined;
}

static void json_frame_column(struct json_writer *json, const char *key, struct json_tables *tables,
                              json_column *column)
{
    json_array(json, key);
    for (uint32_t i = 0; i < tables->tree.frames.count; i++) {
        struct call_position at = call_tree_position(&tables->tree, i);

        json_number(json, NULL, column(tables, &at));
    }
    json_end_array(json);
}

void json_frames(struct json_writer *json, struct json_tables *tables)
{
    json_object(json, "frames");
    json_frame_column(json, "function", tables, json_frame_function);
    json_frame_column(json, "symbol", tables, json_frame_linked);
    json_frame_column(json, "file", tables, json_frame_file);
    json_frame_column(json, "line", tables, json_frame_line);
    json_frame_column(json, "module", tables, json_frame_module);
    json_frame_column(json, "address", tables, json_frame_address);
    json_frame_column(json, "inlined", tables, json_frame_inlined);
    json_end_object(json);
}

/* --- call stacks --------------------------------------------------------- */

void json_nodes(struct json_writer *json, const struct json_tables *tables)
{
    json_object(json, "nodes");
    json_array(json, "parent");
    json_number(json, NULL, 0);
    for (uint32_t node = 1; node < tables->tree.node_count; node++)
        json_number(json, NULL, call_tree_node(&tables->tree, node).parent);
    json_end_array(json);
    json_array(json, "frame");
    json_signed(json, NULL, -1);
    for (uint32_t node = 1; node < tables->tree.node_count; node++)
        json_number(json, NULL, call_tree_node(&tables->tree, node).frame);
    json_end_array(json);
    json_end_object(json);
}

void json_uses(struct json_writer *json, const struct stack_use *uses, uint32_t use_count,
               uint32_t count)
{
    for (unsigned figure = 0; figure < STACK_USE_FIGURES; figure++) {
        json_array(json, stack_use_name(figure));
        for (uint32_t i = 0; uses && i < count; i++)
            json_signed(json, NULL, i < use_count ? (int64_t)stack_use_value(&uses[i], figure) : 0);
        json_end_array(json);
    }
}

static const char *json_stack_end(enum stack_end end)
{
    static const char *const words[] = {[STACK_WHOLE] = "whole",
                                        [STACK_LONGER] = "longer",
                                        [STACK_CUT] = "cut",
                                        [STACK_DAMAGED] = "damaged",
                                        [STACK_UNKNOWN] = "unknown"};

    return words[end];
}

/* Most stacks are whole: the others are named. */
static void json_stack_ends(struct json_writer *json, const struct json_tables *tables)
{
    json_object(json, "not_whole");
    for (uint32_t i = 0; i < tables->tree.stack_count; i++) {
        enum stack_end end = model_stack(tables->tree.model, i).end;
        char key[16];

        if (end == STACK_WHOLE)
            continue;
        snprintf(key, sizeof key, "%u", i);
        json_text(json, key, json_stack_end(end));
    }
    json_end_object(json);
}

/* Without what --filter leaves out; NULL: all are listed. */
static struct stack_use *json_listed(const struct model *model)
{
    const struct usage *usage = model->usage;

    if (!usage || !model->left_out)
        return NULL;
    struct stack_use *listed = memory_zeroed(usage->stack_count, sizeof *listed);
    for (uint32_t i = 0; i < usage->stack_count && i < model_stack_count(model); i++)
        if (!model->left_out[i])
            listed[i] = usage->stacks[i];
    return listed;
}

void json_stacks(struct json_writer *json, const struct json_tables *tables)
{
    const struct usage *usage = tables->tree.model->usage;

    json_object(json, "stacks");
    json_array(json, "node");
    for (uint32_t i = 0; i < tables->tree.stack_count; i++)
        json_number(json, NULL, tables->tree.stacks[i]);
    json_end_array(json);
    struct stack_use *listed = json_listed(tables->tree.model);
    json_uses(json,
              listed  ? listed
              : usage ? usage->stacks
                      : NULL,
              usage ? usage->stack_count : 0, tables->tree.stack_count);
    free(listed);
    json_stack_ends(json, tables);
    json_end_object(json);
}

void json_strings(struct json_writer *json, const struct json_tables *tables)
{
    json_array(json, "strings");
    for (uint32_t i = 0; i < tables->strings.count; i++)
        json_text(json, NULL, intern_get(&tables->strings, i, NULL));
    json_end_array(json);
}
