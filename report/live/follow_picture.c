#include "live/follow_picture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/number_text.h"
#include "base/safe_text.h"
#include "judge/shown_stack.h"

#define NUMBER(n) number_text((uint64_t)(n)).text

enum { ROWS_MIN = 12, COLUMNS_MIN = 40, TIMELINE_ROWS = 4, HEAD_ROWS = 9 };

static const char *const order_names[ORDERS_COUNT] = {"bytes in use", "bytes/s", "calls/s",
                                                      "blocks"};

void follow_picture_put(const char *text)
{
    fputs(text, stdout);
    fflush(stdout);
}

static void screen_measure(struct screen *screen)
{
    struct winsize size = {0};

    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    screen->rows = size.ws_row >= ROWS_MIN ? size.ws_row : ROWS_MIN;
    screen->columns = size.ws_col >= COLUMNS_MIN ? size.ws_col : COLUMNS_MIN;
}

/* --- lines --------------------------------------------------------------- */

/* Cut at the screen's edge: names are safe text by then, a byte a column or less. */
static void screen_line(struct screen *screen, bool is_marked, char *text)
{
    if (screen->line < screen->rows) {
        safe_text_make(text);
        text_buffer_format(&screen->text, "%s%s%-*.*s%s\033[K", screen->line ? "\r\n" : "",
                           is_marked ? "\033[7m" : "", is_marked ? screen->columns : 0,
                           screen->columns, text, is_marked ? "\033[0m" : "");
        screen->line++;
    }
    free(text);
}

static void screen_head(struct screen *screen)
{
    const struct follow_data *data = &screen->data;
    const struct model *model = &data->model;
    unsigned seconds = (unsigned)follow_data_seconds(data);

    screen_line(screen, true,
                memory_text("leakreport: process %d, %u:%02u:%02u%s: %s", data->log.pid,
                            seconds / 3600, seconds / 60 % 60, seconds % 60,
                            screen->has_ended ? ", ended" : "",
                            model->command ? model->command : ""));
    screen_line(screen, false,
                memory_text("in use %s bytes in %s blocks, peak %s, resident %s",
                            NUMBER(model->bytes_in_use), NUMBER(model->blocks_in_use),
                            NUMBER(model->header.peak.bytes), NUMBER(data->resident)));
    screen_line(screen, false,
                memory_text("a second: %s allocs, %s frees, %s bytes allocated",
                            NUMBER(data->allocations_per_second), NUMBER(data->frees_per_second),
                            NUMBER(data->bytes_per_second)));
}

/* --- the timeline -------------------------------------------------------- */

/* The most that was live in each part of the time. */
static uint64_t timeline_fill(const struct usage *usage, uint64_t *columns, uint32_t count)
{
    uint64_t end = usage->sample_count ? usage->samples[usage->sample_count - 1].time_ns + 1 : 1;
    uint64_t most = 1;

    for (uint32_t i = 0; i < usage->sample_count; i++) {
        const struct trace_sample *sample = &usage->samples[i];
        uint32_t column = (uint32_t)((double)sample->time_ns / (double)end * count);

        if (column < count && sample->live_bytes > columns[column])
            columns[column] = sample->live_bytes;
        if (sample->live_bytes > most)
            most = sample->live_bytes;
    }
    for (uint32_t i = 1; i < count; i++)
        if (!columns[i])
            columns[i] = columns[i - 1];
    return most;
}

static void screen_timeline(struct screen *screen)
{
    uint32_t count = (uint32_t)screen->columns;
    uint64_t *columns = memory_zeroed(count, sizeof *columns);
    uint64_t most = timeline_fill(screen->data.model.usage, columns, count);

    for (int row = TIMELINE_ROWS - 1; row >= 0; row--) {
        char *line = memory_zeroed(count + 1, 1);

        for (uint32_t i = 0; i < count; i++) {
            double parts = (double)columns[i] / (double)most * 2 * TIMELINE_ROWS;

            line[i] = parts >= 2 * row + 1.5 ? '#' : parts >= 2 * row + 0.5 ? '.' : ' ';
        }
        screen_line(screen, false, line);
    }
    free(columns);
}

/* --- the list ------------------------------------------------------------ */

static double row_figure(const struct follow_row *row, enum follow_order order)
{
    switch (order) {
    case BY_RATE:
        return row->bytes_per_second;
    case BY_CALLS:
        return row->calls_per_second;
    case BY_BLOCKS:
        return (double)row->blocks;
    default:
        return (double)row->bytes;
    }
}

static int row_compare(const void *left, const void *right, void *context)
{
    const struct screen *screen = context;
    const struct follow_row *a = &screen->data.rows[*(const uint32_t *)left];
    const struct follow_row *b = &screen->data.rows[*(const uint32_t *)right];
    double first = row_figure(a, screen->order), second = row_figure(b, screen->order);

    return first != second ? (first < second) - (first > second)
                           : (a->age > b->age) - (a->age < b->age);
}

/* Innermost first, without the allocation function, as many as a line takes. */
static char *row_name(struct screen *screen, uint32_t stack, bool all)
{
    const struct model *model = &screen->data.model;
    struct shown_stack shown;
    struct shown_line line;
    struct text_buffer name = {0};
    unsigned number = 0;

    symbolize_stack(screen->data.symbolizer, stack);
    shown_stack_begin(&shown, screen->data.options, model, stack);
    text_buffer_clear(&name);
    while (shown_stack_next(&shown, &line))
        if (number++ && (all || name.length < 300))
            text_buffer_format(&name, "%s%s", name.length ? " < " : "",
                               line.function ? line.function : "???");
    return name.text;
}

static void screen_choose(struct screen *screen)
{
    struct follow_data *data = &screen->data;

    screen->shown = memory_resized(screen->shown, data->count + 1, sizeof *screen->shown);
    screen->shown_count = 0;
    for (uint32_t i = 0; i < data->count; i++) {
        char *name = *screen->filter ? row_name(screen, data->rows[i].stack, true) : NULL;

        if (!name || strcasestr(name, screen->filter))
            screen->shown[screen->shown_count++] = i;
        free(name);
    }
    qsort_r(screen->shown, screen->shown_count, sizeof *screen->shown, row_compare, screen);
    if (screen->selected >= screen->shown_count)
        screen->selected = screen->shown_count ? screen->shown_count - 1 : 0;
}

static const char *const growth_marks[GROWTH_KINDS_COUNT] = {[GROWTH_UNCLEAR] = "?",
                                                             [GROWTH_STEADY] = "=",
                                                             [GROWTH_ENDLESS] = "GROWS",
                                                             [GROWTH_LEVELS_OFF] = "level",
                                                             [GROWTH_UP_AND_DOWN] = "waves"};

static void screen_row(struct screen *screen, uint32_t number)
{
    const struct follow_row *row = &screen->data.rows[screen->shown[number]];
    char *name = row_name(screen, row->stack, false);
    bool sinks = row->bytes_per_second < 0;

    screen_line(screen, number == screen->selected,
                memory_text("%14s %9s %s%10s %9s %-5s %s", NUMBER(row->bytes), NUMBER(row->blocks),
                            sinks ? "-" : " ",
                            NUMBER(sinks ? -row->bytes_per_second : row->bytes_per_second),
                            NUMBER(row->calls_per_second), growth_marks[row->growth], name));
    free(name);
}

static void screen_list(struct screen *screen)
{
    uint32_t room = (uint32_t)(screen->rows - HEAD_ROWS);

    screen_choose(screen);
    if (screen->selected < screen->first)
        screen->first = screen->selected;
    if (screen->selected >= screen->first + room)
        screen->first = screen->selected - room + 1;
    screen_line(screen, true,
                memory_text("%14s %9s %11s %9s %-5s %s", "bytes in use", "blocks", "bytes/s",
                            "calls/s", "trend", "stack"));
    for (uint32_t i = screen->first; i < screen->shown_count && i < screen->first + room; i++)
        screen_row(screen, i);
}

static void screen_stack(struct screen *screen)
{
    struct shown_stack shown;
    struct shown_line line;
    const struct follow_row *row = NULL;

    for (uint32_t i = 0; i < screen->data.count; i++)
        if (screen->data.rows[i].age == screen->open)
            row = &screen->data.rows[i];
    if (!row)
        return;
    screen_line(screen, true,
                memory_text("%s bytes in %s blocks of %s allocations", NUMBER(row->bytes),
                            NUMBER(row->blocks), NUMBER(row->allocations)));
    symbolize_stack(screen->data.symbolizer, row->stack);
    shown_stack_begin(&shown, screen->data.options, &screen->data.model, row->stack);
    while (screen->line < screen->rows - 1 && shown_stack_next(&shown, &line))
        screen_line(screen, false,
                    line.file ? memory_text("   %s (%s:%u)", line.function ? line.function : "???",
                                            line.file, line.number)
                              : memory_text("   %s (in %s)", line.function ? line.function : "???",
                                            line.object));
}

/* --- a picture ----------------------------------------------------------- */

static void screen_foot(struct screen *screen)
{
    while (screen->line < screen->rows - 1)
        screen_line(screen, false, memory_text("%s", ""));
    if (screen->types_filter)
        screen_line(screen, true, memory_text("filter: %s_", screen->filter));
    else if (*screen->message)
        screen_line(screen, true, memory_text("%s", screen->message));
    else
        screen_line(screen, true,
                    memory_text("q quit  s sort: %s  / filter%s%s  Enter stack  c check",
                                order_names[screen->order], *screen->filter ? ": " : "",
                                screen->filter));
}

void follow_picture_draw(struct screen *screen)
{
    screen_measure(screen);
    text_buffer_clear(&screen->text);
    text_buffer_add(&screen->text, "\033[H");
    screen->line = 0;
    screen_head(screen);
    screen_timeline(screen);
    if (screen->open)
        screen_stack(screen);
    else
        screen_list(screen);
    screen_foot(screen);
    follow_picture_put(screen->text.text);
}
