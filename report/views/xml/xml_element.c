#include "views/xml/xml_element.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/xml_text.h"
#include "judge/shown_stack.h"

void xml_text(FILE *out, int level, const char *name, const char *text)
{
    if (!text)
        return;
    fprintf(out, "%*s<%s>", 2 * level, "", name);
    xml_text_put(out, text);
    fprintf(out, "</%s>\n", name);
}

void xml_sentence(FILE *out, int level, const char *name, char *text)
{
    xml_text(out, level, name, text);
    free(text);
}

void xml_number(FILE *out, int level, const char *name, uint64_t number)
{
    fprintf(out, "%*s<%s>%" PRIu64 "</%s>\n", 2 * level, "", name, number, name);
}

/* --- stacks -------------------------------------------------------------- */

/* The folder is what of the path stands before the file's name. */
static void xml_source(FILE *out, const struct position *position)
{
    size_t folder = strlen(position->path), file = strlen(position->file);

    folder = folder > file ? folder - file - 1 : 0;
    if (folder)
        xml_sentence(out, 3, "dir", memory_text("%.*s", (int)folder, position->path));
    xml_text(out, 3, "file", position->file);
    if (position->line)
        xml_number(out, 3, "line", position->line);
}

/* The tracer's own functions have no source here: readers take the first frame that has one for
 * the place of an error. */
static bool xml_has_source(const struct report *report, const struct shown_line *line)
{
    const char *tracer = report->model->tracer;

    return line->file && !(tracer && strcmp(line->object, tracer) == 0);
}

static void xml_frame(const struct xml_page *page, const struct shown_line *line)
{
    fputs("    <frame>\n", page->out);
    fprintf(page->out, "      <ip>0x%" PRIX64 "</ip>\n", line->address);
    xml_text(page->out, 3, "obj", *line->object ? line->object : NULL);
    xml_text(page->out, 3, "fn", line->function);
    if (xml_has_source(page->report, line))
        xml_source(page->out, line->position);
    fputs("    </frame>\n", page->out);
}

/* Readers want a frame in each stack. */
void xml_stack(const struct xml_page *page, uint32_t stack)
{
    const struct report *report = page->report;
    struct shown_stack shown;
    struct shown_line line;
    uint32_t frames = 0;

    fputs("  <stack>\n", page->out);
    shown_stack_begin(&shown, report->options, report->model, stack);
    for (; shown_stack_next(&shown, &line); frames++)
        xml_frame(page, &line);
    if (frames == 0)
        fputs("    <frame>\n      <ip>0x0</ip>\n    </frame>\n", page->out);
    fputs("  </stack>\n", page->out);
}
