#include "base/xml_text.h"
#include <stdint.h>
#include <string.h>
#include "base/safe_text.h"
#include "base/utf8.h"

/* Bytes of the character that begins here; *legal: XML may hold it, and a terminal show it. */
static size_t xml_text_next(const char *text, int *legal)
{
    uint32_t character;
    int safe;
    size_t length = utf8_character(text, &character);

    if (length == 0) {
        *legal = 0;
        return 1;
    }
    safe_text_next(text, &safe);
    *legal = safe && character != 0xfffe && character != 0xffff;
    return length;
}

static const char *xml_text_entity(char byte)
{
    return byte == '<'    ? "&lt;"
           : byte == '>'  ? "&gt;"
           : byte == '&'  ? "&amp;"
           : byte == '"'  ? "&quot;"
           : byte == '\t' ? "&#9;"
                          : NULL;
}

static void xml_text_put_legal(FILE *out, const char *text, size_t length, int legal)
{
    fwrite(legal ? text : "????", 1, length, out);
}

void xml_text_put(FILE *out, const char *text)
{
    int legal;

    for (size_t length; *text; text += length) {
        const char *entity = xml_text_entity(*text);

        length = xml_text_next(text, &legal);
        if (entity)
            fputs(entity, out);
        else
            xml_text_put_legal(out, text, length, legal);
    }
}

void xml_text_put_cdata(FILE *out, const char *text)
{
    int legal;

    for (size_t length; *text; text += length) {
        length = xml_text_next(text, &legal);
        xml_text_put_legal(out, text, length, legal || *text == '\n');
        if (strncmp(text, "]]>", 3) == 0)
            fputs("]]><![CDATA[", out);
    }
}
