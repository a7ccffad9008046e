#include "views/json/json_never.h"
#include <stdlib.h>
#include "words/words_never.h"

static void never_begin(struct json_writer *json, const struct shown_line *line, char *text)
{
    json_object(json, NULL);
    json_text(json, "function", line->function);
    if (line->file) {
        json_text(json, "file", line->file);
        json_number(json, "line", line->number);
    }
    json_text(json, "text", text);
    free(text);
}

void json_never(struct json_writer *json, const struct never_freed *never)
{
    if (!never)
        return;
    json_array(json, "never_freed");
    for (uint32_t i = 0; i < never->count; i++) {
        const struct never_freed_place *place = &never->places[i];

        never_begin(json, &place->line, words_never_freed(place));
        json_number(json, "bytes", place->bytes);
        json_number(json, "blocks", place->blocks);
        json_number(json, "places", place->places);
        json_number(json, "freeing", place->freeing);
        json_end_object(json);
    }
    json_end_array(json);
}

void json_old_blocks(struct json_writer *json, const struct old_blocks *old)
{
    if (!old || !old->is_known)
        return;
    json_array(json, "old_blocks");
    for (uint32_t i = 0; i < old->count; i++) {
        const struct old_place *place = &old->places[i];

        never_begin(json, &place->line, words_old_blocks(place));
        json_number(json, "stack", place->stack);
        json_number(json, "bytes", place->bytes);
        json_number(json, "blocks", place->blocks);
        json_number(json, "freed", place->freed);
        json_number(json, "begin_ns", place->begin_ns);
        if (place->end_ns)
            json_number(json, "end_ns", place->end_ns);
        json_end_object(json);
    }
    json_end_array(json);
}
