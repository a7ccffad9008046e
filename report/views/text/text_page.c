#include "views/text/text_page.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "base/safe_text.h"

/* Nearly every line fits in, and a large report has a million of them. */
void text_line(const struct text_page *page, const char *format, ...)
{
    char buffer[512], *text = buffer;
    va_list arguments, again;

    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(buffer, sizeof buffer, format, arguments);
    if (length >= (int)sizeof buffer && vasprintf(&text, format, again) < 0)
        text = buffer;
    va_end(again);
    va_end(arguments);
    safe_text_make(text);
    fputs_unlocked(page->prefix, page->out);
    if (length >= 0)
        fputs_unlocked(text, page->out);
    putc_unlocked('\n', page->out);
    if (text != buffer)
        free(text);
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
