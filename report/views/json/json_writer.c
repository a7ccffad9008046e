#include "views/json/json_writer.h"
#include "base/utf8.h"

/* Objects and their members begin lines as far in as this; what is further in stands in one line.
 */
enum { JSON_LINES_DEPTH = 4 };

static void json_escape(FILE *out, uint32_t character)
{
    fprintf(out, "\\u%04x", (unsigned)character);
}

static void json_put_text(FILE *out, const char *text)
{
    uint32_t character;

    putc_unlocked('"', out);
    while (*text) {
        size_t size = utf8_character(text, &character);

        if (size == 0)
            fputs_unlocked("\\ufffd", out);
        else if (character == '"' || character == '\\')
            fprintf(out, "\\%c", (int)character);
        else if (character < 0x20 || character == '<' || character == 0x7f || character == 0x2028 ||
                 character == 0x2029)
            json_escape(out, character);
        else
            fwrite_unlocked(text, 1, size, out);
        text += size ? size : 1;
    }
    putc_unlocked('"', out);
}

static void json_put_number(FILE *out, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;

    do
        digits[--at] = (char)('0' + value % 10);
    while (value /= 10);
    fwrite_unlocked(digits + at, 1, sizeof digits - at, out);
}

/* What stands in front of a value. */
static void json_member(struct json_writer *json, const char *key)
{
    if (json->has_members)
        putc_unlocked(',', json->out);
    if (key && json->depth <= JSON_LINES_DEPTH)
        putc_unlocked('\n', json->out);
    json->has_members = true;
    if (!key)
        return;
    json_put_text(json->out, key);
    putc_unlocked(':', json->out);
}

static void json_open(struct json_writer *json, const char *key, char bracket)
{
    json_member(json, key);
    putc_unlocked(bracket, json->out);
    json->depth++;
    json->has_members = false;
}

static void json_close(struct json_writer *json, char bracket)
{
    json->depth--;
    json->has_members = true;
    putc_unlocked(bracket, json->out);
}

void json_object(struct json_writer *json, const char *key)
{
    json_open(json, key, '{');
}

void json_array(struct json_writer *json, const char *key)
{
    json_open(json, key, '[');
}

void json_end_object(struct json_writer *json)
{
    json_close(json, '}');
}

void json_end_array(struct json_writer *json)
{
    json_close(json, ']');
}

void json_number(struct json_writer *json, const char *key, uint64_t value)
{
    json_member(json, key);
    json_put_number(json->out, value);
}

void json_signed(struct json_writer *json, const char *key, int64_t value)
{
    json_member(json, key);
    if (value < 0)
        putc_unlocked('-', json->out);
    json_put_number(json->out, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void json_bool(struct json_writer *json, const char *key, bool value)
{
    json_member(json, key);
    fputs_unlocked(value ? "true" : "false", json->out);
}

void json_text(struct json_writer *json, const char *key, const char *text)
{
    json_member(json, key);
    if (text)
        json_put_text(json->out, text);
    else
        fputs_unlocked("null", json->out);
}
