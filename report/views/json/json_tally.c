#include "views/json/json_tally.h"
#include "words/words_tally.h"

static void json_tally_names(struct json_writer *json, const struct tally *tally)
{
    json_array(json, "names");
    for (uint32_t i = 0; i < tally->shown; i++)
        json_text(json, NULL, tally->rows[i].name);
    json_end_array(json);
}

#define JSON_TALLY(key, member)                                                                    \
    json_array(json, key);                                                                         \
    for (uint32_t i = 0; i < tally->shown; i++)                                                    \
        json_number(json, NULL, tally->rows[i].member);                                            \
    json_end_array(json)

void json_tally(struct json_writer *json, const struct tally *tally, int by)
{
    if (!tally)
        return;
    json_object(json, "by");
    json_text(json, "what", words_by(by));
    json_text(json, "metric", metric_name(tally->metric));
    json_text(json, "second", words_tally_second(tally->metric));
    json_number(json, "total", tally->total);
    json_number(json, "left_out", tally->left_out);
    json_number(json, "rest", tally->rest);
    json_number(json, "more", tally->count - tally->shown);
    json_tally_names(json, tally);
    JSON_TALLY("figures", figure);
    JSON_TALLY("seconds", second);
    json_end_object(json);
}
