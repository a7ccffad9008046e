#include "views/json/json_never.h"
#include <stdlib.h>
#include "words/words_never.h"

void json_never(struct json_writer *json, const struct never_freed *never)
{
    if (!never)
        return;
    json_array(json, "never_freed");
    for (uint32_t i = 0; i < never->count; i++) {
        const struct never_freed_place *place = &never->places[i];

        json_object(json, NULL);
        json_text(json, "function", place->line.function);
        if (place->line.file) {
            json_text(json, "file", place->line.file);
            json_number(json, "line", place->line.number);
        }
        char *text = words_never_freed(place);
        json_text(json, "text", text);
        free(text);
        json_number(json, "bytes", place->bytes);
        json_number(json, "blocks", place->blocks);
        json_number(json, "places", place->places);
        json_number(json, "freeing", place->freeing);
        json_end_object(json);
    }
    json_end_array(json);
}
