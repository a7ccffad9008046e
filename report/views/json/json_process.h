/* json_process.h: what stands in a process's object: docs/json.md describes it, member by member.
 */
#ifndef JSON_PROCESS_H
#define JSON_PROCESS_H

#include "views/json/json_writer.h"
#include "views/renderer.h"

/* The members only: the object around them is the caller's, who may have more. with_ends: a stack
 * that was cut begins with a frame that says so. */
void json_process(struct json_writer *json, const struct report *report, bool with_ends);

#endif
