/* json_stacks.h: strings, modules, frames, nodes and stacks of a process, each a table by columns.
 */
#ifndef JSON_STACKS_H
#define JSON_STACKS_H

#include "judge/call_tree.h"
#include "views/json/json_writer.h"

/* Strings, each once; 0 is "". */
struct json_tables {
    struct call_tree tree;
    struct intern strings;
};

/* with_ends: as call_tree_make_with_ends. */
void json_tables_make(struct json_tables *tables, const struct model *model, bool below_main,
                      bool with_ends);
void json_tables_free(struct json_tables *tables);

void json_modules(struct json_writer *json, const struct model *model);
void json_frames(struct json_writer *json, struct json_tables *tables);
void json_nodes(struct json_writer *json, const struct json_tables *tables);
void json_stacks(struct json_writer *json, const struct json_tables *tables);
/* The use of memory, by stack: of the first `count` of them. */
void json_uses(struct json_writer *json, const struct stack_use *uses, uint32_t use_count,
               uint32_t count);
/* Last: all of the others may add some. */
void json_strings(struct json_writer *json, const struct json_tables *tables);

#endif
