#include "base/safe_text.h"
#include <stdbool.h>
#include <string.h>

/* Bytes of the UTF-8 character that begins here; 1 where none does. Overlong forms are not looked
 * for: no terminal that obeys them is left. */
static size_t safe_text_length(const unsigned char *text)
{
    size_t length = text[0] >= 0xc2 && text[0] < 0xe0   ? 2
                    : text[0] >= 0xe0 && text[0] < 0xf0 ? 3
                    : text[0] >= 0xf0 && text[0] < 0xf5 ? 4
                                                        : 1;

    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 1;
    return length;
}

/* C0 but the tab, DEL, and C1: as a character, and as a byte outside of UTF-8, which a terminal
 * with an 8-bit character set obeys. */
static bool safe_text_is_control(const unsigned char *text, size_t length)
{
    if (length == 1)
        return (text[0] < 0x20 && text[0] != '\t') || (text[0] >= 0x7f && text[0] < 0xa0);
    return length == 2 && text[0] == 0xc2 && text[1] < 0xa0;
}

/* U+202A to U+202E and U+2066 to U+2069: text behind them is shown in another order. */
static bool safe_text_turns(const unsigned char *text, size_t length)
{
    return length == 3 && text[0] == 0xe2 &&
           ((text[1] == 0x80 && text[2] >= 0xaa && text[2] <= 0xae) ||
            (text[1] == 0x81 && text[2] >= 0xa6 && text[2] <= 0xa9));
}

size_t safe_text_next(const char *text, int *safe)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = safe_text_length(bytes);

    *safe = !safe_text_is_control(bytes, length) && !safe_text_turns(bytes, length);
    return length;
}

/* The first character that is not plain ASCII. Most texts have none. */
static char *safe_text_skip_plain(char *text)
{
    while (*text >= ' ' && *text < 0x7f)
        text++;
    return text;
}

void safe_text_make(char *text)
{
    int safe;

    for (size_t length; *(text = safe_text_skip_plain(text)); text += length) {
        length = safe_text_next(text, &safe);
        if (!safe)
            memset(text, '?', length);
    }
}

/* What may be printed goes out in one piece. */
void safe_text_put(FILE *out, const char *text)
{
    const char *printed = text;
    int safe;

    for (size_t length; *text; text += length) {
        length = safe_text_next(text, &safe);
        if (safe)
            continue;
        fwrite(printed, 1, (size_t)(text - printed), out);
        fwrite("????", 1, length, out);
        printed = text + length;
    }
    fwrite(printed, 1, (size_t)(text - printed), out);
}
