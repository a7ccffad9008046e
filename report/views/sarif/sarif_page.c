#include "views/sarif/sarif_page.h"
#include <stdlib.h>
#include "base/memory.h"
#include "base/safe_text.h"

void sarif_text(struct json_writer *json, const char *key, const char *text)
{
    sarif_sentence(json, key, memory_text("%s", text));
}

void sarif_sentence(struct json_writer *json, const char *key, char *text)
{
    safe_text_make(text);
    json_text(json, key, text);
    free(text);
}

void sarif_message(struct json_writer *json, const char *key, const char *text)
{
    json_object(json, key);
    sarif_text(json, "text", text);
    json_end_object(json);
}
