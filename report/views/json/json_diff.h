/* json_diff.h: what has changed since an older log. */
#ifndef JSON_DIFF_H
#define JSON_DIFF_H

#include "views/json/json_writer.h"
#include "views/renderer.h"

/* Nothing where it is compared with none. */
void json_diff(struct json_writer *json, const struct report *report);

#endif
