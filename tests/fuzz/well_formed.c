#include "well_formed.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/utf8.h"

enum { NAMES_MAX = 32, NESTED_MAX = 64 };

struct reader {
    const char *at, *end;
};

static bool takes(struct reader *reader, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
        return false;
    reader->at += length;
    return true;
}

/* `text` is followed by a NUL, which is in no character. */
static const char *characters_fault(const char *text, size_t size)
{
    uint32_t character = 0;

    for (size_t i = 0, length; i < size; i += length) {
        length = utf8_character(text + i, &character);
        if (length == 0)
            return "it is no UTF-8";
        if ((character < 0x20 && character != '\n' && character != '\t') || character == 0xfffe ||
            character == 0xffff)
            return "it has characters that XML cannot hold";
    }
    return NULL;
}

/* --- XML ----------------------------------------------------------------- */

struct name {
    const char *text;
    size_t length;
};

static struct name xml_name(struct reader *reader)
{
    struct name name = {reader->at, 0};

    while (reader->at < reader->end &&
           strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
                  "0123456789-",
                  *reader->at))
        reader->at++;
    name.length = (size_t)(reader->at - name.text);
    return name;
}

/* name="value", or '>', or "/>" behind an element's name. */
static const char *xml_attributes(struct reader *reader, bool *is_empty)
{
    while (!takes(reader, ">")) {
        if (takes(reader, "/>")) {
            *is_empty = true;
            return NULL;
        }
        if (!takes(reader, " ") || xml_name(reader).length == 0 || !takes(reader, "=\""))
            return "an element's beginning is not whole";
        while (reader->at < reader->end && *reader->at != '"' && *reader->at != '<')
            reader->at++;
        if (!takes(reader, "\""))
            return "an attribute's value does not end";
    }
    *is_empty = false;
    return NULL;
}

static const char *xml_begin(struct reader *reader, struct name *open, size_t *depth)
{
    struct name name = xml_name(reader);
    bool is_empty;
    const char *fault = name.length ? xml_attributes(reader, &is_empty) : "an element has no name";

    if (fault)
        return fault;
    if (*depth == NAMES_MAX)
        return "elements are too deep";
    if (!is_empty)
        open[(*depth)++] = name;
    return NULL;
}

static const char *xml_end(struct reader *reader, const struct name *open, size_t *depth)
{
    struct name name = xml_name(reader);

    if (*depth == 0 || name.length != open[*depth - 1].length ||
        memcmp(name.text, open[*depth - 1].text, name.length) != 0 || !takes(reader, ">"))
        return "another element is closed than was opened";
    --*depth;
    return NULL;
}

static const char *xml_section(struct reader *reader)
{
    while (reader->at < reader->end)
        if (takes(reader, "]]>"))
            return NULL;
        else
            reader->at++;
    return "a section does not end";
}

static const char *xml_content(struct reader *reader, size_t depth)
{
    if (takes(reader, "&"))
        return takes(reader, "lt;") || takes(reader, "gt;") || takes(reader, "amp;") ||
                       takes(reader, "quot;") || takes(reader, "#9;") || takes(reader, "#10;")
                   ? NULL
                   : "an entity is not known";
    if (takes(reader, "]]>"))
        return "a section ends that did not begin";
    return *reader->at++ != '\n' && depth == 0 ? "there is text outside of the element" : NULL;
}

const char *xml_fault(const char *text, size_t size)
{
    struct reader reader = {text, text + size};
    struct name open[NAMES_MAX];
    size_t depth = 0;
    const char *fault = characters_fault(text, size);

    if (!fault && !takes(&reader, "<?xml version=\"1.0\"?>") &&
        !takes(&reader, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"))
        return "it does not begin as XML";
    while (!fault && reader.at < reader.end)
        fault = takes(&reader, "<![CDATA[") ? xml_section(&reader)
                : takes(&reader, "</")      ? xml_end(&reader, open, &depth)
                : takes(&reader, "<")       ? xml_begin(&reader, open, &depth)
                                            : xml_content(&reader, depth);
    return fault ? fault : depth ? "an element is not closed" : NULL;
}

/* --- JSON ---------------------------------------------------------------- */

static void json_blanks(struct reader *reader)
{
    while (reader->at < reader->end && strchr(" \n\t", *reader->at))
        reader->at++;
}

static const char *json_string(struct reader *reader)
{
    static const char escapes[] = "\"\\/bfnrt";

    while (reader->at < reader->end && *reader->at != '"') {
        if (*reader->at == '\n' || *reader->at == '\t')
            return "a string has a control character";
        if (!takes(reader, "\\"))
            reader->at++;
        else if (takes(reader, "u")) {
            for (int i = 0; i < 4; i++)
                if (reader->at >= reader->end || !strchr("0123456789abcdefABCDEF", *reader->at++))
                    return "an escape is no number";
        } else if (reader->at >= reader->end || !strchr(escapes, *reader->at++))
            return "an escape is not known";
    }
    return takes(reader, "\"") ? NULL : "a string does not end";
}

static const char *json_value(struct reader *reader, int depth);

static const char *json_members(struct reader *reader, bool is_object, int depth)
{
    const char *close = is_object ? "}" : "]", *fault = NULL;

    json_blanks(reader);
    if (takes(reader, close))
        return NULL;
    do {
        json_blanks(reader);
        if (is_object) {
            fault = takes(reader, "\"") ? json_string(reader) : "a member has no name";
            json_blanks(reader);
            if (!fault && !takes(reader, ":"))
                fault = "a member has no value";
        }
        fault = fault ? fault : json_value(reader, depth + 1);
        json_blanks(reader);
    } while (!fault && takes(reader, ","));
    return fault ? fault : takes(reader, close) ? NULL : "an object or array does not end";
}

static const char *json_number(struct reader *reader)
{
    char *end;

    strtod(reader->at, &end);
    if (end == reader->at || end > reader->end)
        return "what is there is no value";
    reader->at = end;
    return NULL;
}

static const char *json_value(struct reader *reader, int depth)
{
    json_blanks(reader);
    if (depth > NESTED_MAX)
        return "values are too deep";
    if (takes(reader, "{"))
        return json_members(reader, true, depth);
    if (takes(reader, "["))
        return json_members(reader, false, depth);
    if (takes(reader, "\""))
        return json_string(reader);
    if (takes(reader, "true") || takes(reader, "false") || takes(reader, "null"))
        return NULL;
    return json_number(reader);
}

const char *json_fault(const char *text, size_t size)
{
    struct reader reader = {text, text + size};
    const char *fault = characters_fault(text, size);

    fault = fault ? fault : json_value(&reader, 0);
    json_blanks(&reader);
    return fault || reader.at == reader.end ? fault : "there is more behind the value";
}
