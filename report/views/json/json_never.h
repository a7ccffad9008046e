/* json_never.h: --never-freed, as a member of the process's object. */
#ifndef JSON_NEVER_H
#define JSON_NEVER_H

#include "judge/own/never_freed.h"
#include "judge/own/old_blocks.h"
#include "views/json/json_writer.h"

/* NULL: nothing. */
void json_never(struct json_writer *json, const struct never_freed *never);
void json_old_blocks(struct json_writer *json, const struct old_blocks *old);

#endif
