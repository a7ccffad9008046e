#include "views/html/html_sources.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file_roots.h"
#include "base/memory.h"

struct html_line {
    const char *path;
    unsigned line;
};
struct html_sources {
    const struct report *report;
    struct html_line *lines;
    size_t count, capacity;
    bool *seen;      /* by frame of the model */
    size_t written;  /* bytes of text */
    size_t left_out; /* lines, when that was too much */
};

/* --- which lines --------------------------------------------------------- */

static void html_want_stack(struct html_sources *sources, uint32_t number)
{
    const struct model *model = sources->report->model;
    struct stack stack = model_stack(model, number);

    for (uint32_t i = 0; i < stack.count; i++) {
        const struct frame *frame = &model->frames[stack.frames[i]];

        if (sources->seen[stack.frames[i]])
            continue;
        sources->seen[stack.frames[i]] = true;
        for (uint32_t position = 0; position < frame->position_count; position++) {
            if (!frame->positions[position].path || !frame->positions[position].line)
                continue;
            memory_reserve(sources->lines, sources->count, sources->capacity);
            sources->lines[sources->count++] = (struct html_line){frame->positions[position].path,
                                                                  frame->positions[position].line};
        }
    }
}

static int html_compare_lines(const void *left, const void *right)
{
    const struct html_line *a = left, *b = right;
    int order = strcmp(a->path, b->path);

    return order ? order : (a->line > b->line) - (a->line < b->line);
}

static size_t html_unique(struct html_line *lines, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (kept == 0 || html_compare_lines(&lines[kept - 1], &lines[i]) != 0)
            lines[kept++] = lines[i];
    return kept;
}

static void html_want(struct html_sources *sources)
{
    const struct report *report = sources->report;

    for (uint32_t i = report->records->count; i-- > 0;)
        html_want_stack(sources, report->records->records[i].stack);
    for (uint32_t i = 0; i < report->model->misuse_count; i++) {
        html_want_stack(sources, report->model->misuses[i].stack);
        html_want_stack(sources, report->model->misuses[i].stack_allocated);
        html_want_stack(sources, report->model->misuses[i].stack_freed);
        html_want_stack(sources, report->model->misuses[i].stack_overwritten);
    }
    if (sources->count)
        qsort(sources->lines, sources->count, sizeof *sources->lines, html_compare_lines);
    sources->count = html_unique(sources->lines, sources->count);
}

/* --- reading ------------------------------------------------------------- */

static bool html_is_source(const char *path)
{
    static const char *const endings[] = {
        ".c",  ".cc", ".cpp", ".cxx", ".C", ".h",  ".hh",  ".hpp", ".hxx", ".inl", ".ipp", ".tcc",
        ".rs", ".go", ".d",   ".zig", ".m", ".mm", ".f90", ".pas", ".nim", ".adb", ".y",   ".l"};
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcmp(dot, endings[i]) == 0)
            return *path == '/';
    return false;
}

static int html_descriptor(const struct file_roots *roots, const char *path)
{
    int fd = -1;
    char *below;

    for (unsigned i = 0; fd < 0 && (below = file_roots_path(roots, i, path)) != NULL; i++) {
        fd = open(below, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        free(below);
    }
    return fd;
}

/* A source of today's size: larger files are no one's to read. NULL: nothing to show. */
static FILE *html_open(const struct file_roots *roots, const char *path)
{
    enum { LARGEST = 8 << 20 };
    struct stat status;
    int fd = html_is_source(path) ? html_descriptor(roots, path) : -1;

    if (fd < 0)
        return NULL;
    FILE *file = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size < LARGEST
                     ? fdopen(fd, "r")
                     : NULL;
    if (!file)
        close(fd);
    return file;
}

struct html_reader {
    FILE *file;
    unsigned line; /* that comes next */
    char *text;
    size_t room;
};

static bool html_next_line(struct html_reader *reader)
{
    ssize_t length = getline(&reader->text, &reader->room, reader->file);

    if (length < 0)
        return false;
    reader->text[strcspn(reader->text, "\r\n")] = '\0';
    reader->line++;
    return true;
}

/* One piece, from `first` to `last`. false: the file has ended. */
static bool html_piece(struct json_writer *json, struct html_sources *sources,
                       struct html_reader *reader, unsigned first, unsigned last)
{
    bool is_there = true;

    while (is_there && reader->line < first)
        is_there = html_next_line(reader);
    if (!is_there)
        return false;
    json_object(json, NULL);
    json_number(json, "first", first);
    json_array(json, "lines");
    for (; is_there; is_there = html_next_line(reader)) {
        json_text(json, NULL, reader->text);
        sources->written += strlen(reader->text);
        if (reader->line == last)
            break;
    }
    json_end_array(json);
    json_end_object(json);
    return is_there;
}

/* Lines first … end - 1 of the list are of one file. */
static void html_file(struct json_writer *json, struct html_sources *sources, size_t first,
                      size_t end)
{
    const struct html_line *lines = sources->lines;
    struct html_reader reader = {.file = html_open(sources->report->roots, lines[first].path)};

    if (!reader.file)
        return;
    if (sources->written >= HTML_SOURCES_MAX) {
        sources->left_out += end - first;
        fclose(reader.file);
        return;
    }
    size_t i = first;
    json_array(json, lines[first].path);
    while (i < end && sources->written < HTML_SOURCES_MAX) {
        unsigned from = lines[i].line > HTML_SOURCE_AROUND ? lines[i].line - HTML_SOURCE_AROUND : 1;
        unsigned to = lines[i].line + HTML_SOURCE_AROUND;

        for (i++; i < end && lines[i].line <= to + HTML_SOURCE_AROUND + 1; i++)
            to = lines[i].line + HTML_SOURCE_AROUND;
        if (!html_piece(json, sources, &reader, from, to))
            break;
    }
    if (sources->written >= HTML_SOURCES_MAX)
        sources->left_out += end - i;
    json_end_array(json);
    free(reader.text);
    fclose(reader.file);
}

void html_sources(struct json_writer *json, const struct report *report)
{
    struct html_sources sources = {.report = report};

    sources.seen = memory_zeroed(report->model->frame_count, sizeof *sources.seen);
    html_want(&sources);
    json_object(json, "sources");
    for (size_t i = 0, end; i < sources.count; i = end) {
        end = i + 1;
        while (end < sources.count && strcmp(sources.lines[end].path, sources.lines[i].path) == 0)
            end++;
        html_file(json, &sources, i, end);
    }
    json_end_object(json);
    json_number(json, "sources_left_out", sources.left_out);
    free(sources.lines);
    free(sources.seen);
}
