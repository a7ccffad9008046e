#include "views/text/text_page.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/format.h"
#include "base/safe_text.h"

/* --- colours ------------------------------------------------------------- */

/* What somebody reads in a file, or passes on, is never coloured unless he says so: no-color.org.
 */
bool text_has_colors(FILE *out, const struct options *options)
{
    const char *refused = getenv("NO_COLOR"), *terminal = getenv("TERM");

    if (options->color != CLI_COLOR_AUTO || options->format != FORMAT_TEXT)
        return options->color == CLI_COLOR_ALWAYS && options->format == FORMAT_TEXT;
    return isatty(fileno(out)) && !(refused && *refused) && terminal && *terminal &&
           strcmp(terminal, "dumb") != 0;
}

static const char *text_color_begin(const struct text_page *page, enum text_color color)
{
    static const char *const sequences[TEXT_COLORS_COUNT] = {[TEXT_GOOD] = "\033[32m",
                                                             [TEXT_BAD] = "\033[1;31m",
                                                             [TEXT_DOUBTFUL] = "\033[33m",
                                                             [TEXT_FAINT] = "\033[2m",
                                                             [TEXT_STRONG] = "\033[1m"};

    return page->colors && sequences[color] ? sequences[color] : "";
}

static const char *text_color_end(const struct text_page *page, enum text_color color)
{
    return page->colors && color != TEXT_PLAIN ? "\033[0m" : "";
}

/* --- lines --------------------------------------------------------------- */

/* Nearly every line fits in, and a large report has a million of them. */
static void text_put_line(const struct text_page *page, enum text_color color, const char *format,
                          va_list arguments)
{
    char buffer[512], *text = buffer;
    va_list again;

    va_copy(again, arguments);
    int length = vsnprintf(buffer, sizeof buffer, format, arguments);
    if (length >= (int)sizeof buffer && vasprintf(&text, format, again) < 0)
        text = buffer;
    va_end(again);
    safe_text_make(text);
    fputs_unlocked(page->prefix, page->out);
    fputs_unlocked(text_color_begin(page, color), page->out);
    if (length >= 0)
        fputs_unlocked(text, page->out);
    fputs_unlocked(text_color_end(page, color), page->out);
    putc_unlocked('\n', page->out);
    if (text != buffer)
        free(text);
}

void text_line(const struct text_page *page, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    text_put_line(page, TEXT_PLAIN, format, arguments);
    va_end(arguments);
}

void text_line_in(const struct text_page *page, enum text_color color, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    text_put_line(page, color, format, arguments);
    va_end(arguments);
}

void text_blank(const struct text_page *page)
{
    fputs_unlocked(page->prefix, page->out);
    putc_unlocked('\n', page->out);
}

void text_sentence(const struct text_page *page, const char *before, char *text)
{
    text_line(page, "%s%s", before, text);
    free(text);
}

void text_sentence_in(const struct text_page *page, enum text_color color, char *text)
{
    text_line_in(page, color, "%s", text);
    free(text);
}

/* --error-markers=BEGIN,END: one of the two, a line of its own. */
void text_marker(const struct text_page *page, bool end)
{
    const char *markers = page->report->options->error_markers;
    size_t length = markers ? strcspn(markers, ",") : 0;

    if (markers && !end)
        text_line(page, "%.*s", (int)length, markers);
    else if (markers && markers[length] && markers[length + 1])
        text_line(page, "%s", markers + length + 1);
}

void text_seconds(char text[TEXT_SECONDS_SIZE], uint64_t time_ns)
{
    snprintf(text, TEXT_SECONDS_SIZE, "%" PRIu64 ".%03u s", time_ns / 1000000000,
             (unsigned)(time_ns / 1000000 % 1000));
}
