#include "views/json/json_sums.h"

void json_sum(struct json_writer *json, const char *key, uint64_t bytes, uint64_t blocks)
{
    json_object(json, key);
    json_number(json, "bytes", bytes);
    json_number(json, "blocks", blocks);
    json_end_object(json);
}

void json_totals(struct json_writer *json, const struct model *model)
{
    json_object(json, "totals");
    json_number(json, "allocations", model->totals.allocations);
    json_number(json, "frees", model->totals.frees);
    json_number(json, "bad_frees", model->totals.bad_frees);
    json_number(json, "bytes_allocated", model->totals.bytes_allocated);
    json_number(json, "bytes_freed", model->totals.bytes_freed);
    json_number(json, "bytes_in_use", model->bytes_in_use);
    json_number(json, "blocks_in_use", model->blocks_in_use);
    json_end_object(json);
}
