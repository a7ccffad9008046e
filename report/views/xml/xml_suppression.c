#include "views/xml/xml_suppression.h"
#include <stdlib.h>
#include <string.h>
#include "base/xml_text.h"
#include "judge/stack_view.h"

/* One line of an entry: its name, its kind, more of the kind, or a frame. A "..." has no element:
 * no entry that valgrind generates has one. */
static void xml_suppression_line(FILE *out, unsigned number, char *line)
{
    char *colon = strchr(line, ':');
    bool is_frame = strncmp(line, "fun:", 4) == 0 || strncmp(line, "obj:", 4) == 0;

    if (number == 1)
        xml_text(out, 2, "sname", "insert_a_suppression_name_here");
    else if (number == 2)
        xml_text(out, 2, "skind", line);
    else if (strncmp(line, "match-leak-kinds:", strlen("match-leak-kinds:")) == 0)
        xml_text(out, 2, "skaux", line);
    else if (number == 3 && !is_frame && strcmp(line, "...") != 0)
        xml_text(out, 2, "skaux", line);
    else if (colon) {
        *colon = 0;
        fprintf(out, "    <sframe> <%s>", line);
        xml_text_put(out, colon + 1);
        fprintf(out, "</%s> </sframe>\n", line);
    }
}

/* `text` is taken to pieces. */
static void xml_suppression_put(FILE *out, char *text)
{
    unsigned number = 0;
    char *rest = text;

    for (char *line; (line = strsep(&rest, "\n")); number++)
        if (number > 0 && *line == ' ')
            xml_suppression_line(out, number, line + strspn(line, " "));
}

void xml_suppression(const struct xml_page *page, enum suppress_kind kind, unsigned leak_kinds,
                     uint32_t stack)
{
    size_t size;

    if (!page->report->options->gen_suppressions)
        return;
    char *text = stack_view_suppression(page->report->model, stack, kind, leak_kinds, &size);
    char *whole = strdup(text);
    fputs("  <suppression>\n", page->out);
    xml_suppression_put(page->out, text);
    fputs("    <rawtext>\n<![CDATA[\n", page->out);
    xml_text_put_cdata(page->out, whole);
    fputs("]]>\n    </rawtext>\n  </suppression>\n", page->out);
    free(whole);
    free(text);
}

void xml_suppression_counts(const struct xml_page *page)
{
    const struct suppressions *suppressions = page->report->selection->suppressions;

    fputs("<suppcounts>\n", page->out);
    for (size_t i = 0; i < suppress_entries_count(suppressions); i++) {
        const struct suppress_entry *entry = suppress_entry_at(suppressions, i);

        if (!entry->times)
            continue;
        fputs("  <pair>\n", page->out);
        xml_number(page->out, 2, "count", entry->times);
        xml_text(page->out, 2, "name", entry->name);
        fputs("  </pair>\n", page->out);
    }
    fputs("</suppcounts>\n\n", page->out);
}
