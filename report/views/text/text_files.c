#include "views/text/text_files.h"
#include <string.h>

/* Those that the program opened, the latest number first, and then those that it was given. */
enum files_part { FILES_OPENED = 'o', FILES_INHERITED = 'i' };

/* Inherited standard ones are shown with --track-fds=all. */
static bool files_wants(const struct text_page *page, const char *line, enum files_part part)
{
    static const char standard[] = "file descriptor ";
    const char *number =
        strncmp(line + 1, standard, sizeof standard - 1) == 0 ? line + sizeof standard : NULL;
    bool is_standard = number && number[0] >= '0' && number[0] <= '2' && number[1] == ':';

    return line[0] == (char)part &&
           (part == FILES_OPENED || !is_standard || page->report->options->track_fds == 2);
}

static void files_line(const struct text_page *page, const char *line, enum files_part part)
{
    text_line(page, "Open %.*s", (int)strcspn(line + 1, "\n"), line + 1);
    text_line(page, part == FILES_INHERITED ? "   <inherited from parent>"
                                            : "   (where it was opened is not recorded)");
    text_blank(page);
}

/* The list's lines are in the order of their numbers. */
static void files_part(const struct text_page *page, enum files_part part)
{
    const char *text = page->report->model->open_files, *end = text + strlen(text);

    while (end > text) {
        const char *line = end - 1;

        while (line > text && line[-1] != '\n')
            line--;
        if (files_wants(page, line, part))
            files_line(page, line, part);
        end = line;
    }
}

void text_files(const struct text_page *page)
{
    const struct trace_header *header = &page->report->model->header;

    if (page->report->options->quiet && header->open_count <= header->open_standard)
        return;
    text_line(page, "FILE DESCRIPTORS: %u open (%u std) at exit.", header->open_count,
              header->open_standard);
    files_part(page, FILES_OPENED);
    files_part(page, FILES_INHERITED);
    text_blank(page);
}
