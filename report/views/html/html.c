/* One page that shows all that a log says: the processes' objects of a document (views/json) with
 * the scripts to look at them. It needs no network and no other file. */
#include <stdlib.h>
#include <string.h>
#include "base/format.h"
#include "views/html/html_page.h"
#include "views/html/html_sources.h"
#include "views/json/json_process.h"
#include "views/renderer.h"

/* What a browser without scripts shows, of each process. */
enum { HTML_TEXT_MAX = 64 << 10 };

/* Writes the page's part from `from` up to the mark; what follows it is returned. */
static const char *html_put_until(FILE *out, const char *from, const char *mark)
{
    const char *at = strstr(from, mark);

    fwrite(from, 1, (size_t)(at - from), out);
    return at + strlen(mark);
}

static void html_put_escaped(FILE *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] == '<')
            fputs("&lt;", out);
        else if (text[i] == '&')
            fputs("&amp;", out);
        else
            putc(text[i], out);
}

static void html_begin(FILE *out, const struct report_all *all)
{
    (void)all;
    const char *rest = html_put_until(out, html_page, "@VERSION@");
    fputs(REPORT_VERSION, out);
    rest = html_put_until(out, rest, "@STYLE@");
    fputs(html_style, out);
    html_put_until(out, rest, "@PROCESSES@");
}

static void html_put_data(FILE *out, const struct report *report)
{
    struct json_writer json = {.out = out};

    fputs("<script type=\"application/json\" class=\"process\">", out);
    json_object(&json, NULL);
    json_process(&json, report, true);
    html_sources(&json, report);
    json_end_object(&json);
    fputs("</script>\n", out);
}

struct html_text {
    FILE *out;
    size_t size; /* of all of it */
};

static ssize_t html_write_text(void *context, const char *bytes, size_t size)
{
    struct html_text *text = context;
    size_t room = text->size < HTML_TEXT_MAX ? HTML_TEXT_MAX - text->size : 0;

    html_put_escaped(text->out, bytes, size < room ? size : room);
    text->size += size;
    return (ssize_t)size;
}

/* The text view's report, its beginning if it is long: for a browser without scripts, and for grep.
 */
static void html_put_text(FILE *out, const struct report *report)
{
    struct html_text text = {.out = out};
    FILE *stream = fopencookie(&text, "w", (cookie_io_functions_t){.write = html_write_text});

    fputs("<noscript><pre>", out);
    if (stream) {
        renderer_of(FORMAT_TEXT)->render(stream, report);
        fclose(stream);
    }
    if (text.size > HTML_TEXT_MAX)
        fprintf(out, "\n(%zu more bytes of text are left out)\n", text.size - HTML_TEXT_MAX);
    fputs("</pre></noscript>\n", out);
}

static void html_render(FILE *out, const struct report *report)
{
    html_put_data(out, report);
    html_put_text(out, report);
}

static void html_end(FILE *out, const struct report_all *all)
{
    const char *rest = strstr(html_page, "@PROCESSES@") + strlen("@PROCESSES@");

    (void)all;
    rest = html_put_until(out, rest, "@SCRIPT@");
    fputs("\"use strict\";\n(() => {\n", out);
    fputs(html_script, out);
    fputs("})();\n", out);
    fputs(rest, out);
}

const struct renderer render_html = {.begin = html_begin,
                                     .render = html_render,
                                     .end = html_end,
                                     .is_document = true,
                                     .lists_all = true,
                                     .wants_usage = true,
                                     .wants_stacks = true};
