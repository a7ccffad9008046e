/* json_sums.h: what a process comes to: totals, and bytes and blocks by leak kind. */
#ifndef JSON_SUMS_H
#define JSON_SUMS_H

#include "read/model.h"
#include "views/json/json_writer.h"

void json_sum(struct json_writer *json, const char *key, uint64_t bytes, uint64_t blocks);
void json_totals(struct json_writer *json, const struct model *model);

#endif
