/* json_holders.h: who holds memory, and cycles of lost blocks, as JSON. */
#ifndef JSON_HOLDERS_H
#define JSON_HOLDERS_H

#include "views/json/json_writer.h"
#include "views/renderer.h"

/* Members "holders" (where something was asked) and "cycles" (where there are some). */
void json_holders(struct json_writer *json, const struct report *report);

#endif
