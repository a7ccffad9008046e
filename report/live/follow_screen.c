/* A live screen: totals, rates, a timeline, the stacks with the most of something.
 *
 * The few sequences that it takes are ECMA-48's, which every terminal of today knows: with ncurses
 * leakreport would need one library more for one view of many. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/number_text.h"
#include "base/safe_text.h"
#include "base/text_buffer.h"
#include "judge/shown_stack.h"
#include "live/follow_screen.h"
#include "live/follow_data.h"
#include "live/live_check.h"

#define NUMBER(n) number_text((uint64_t)(n)).text

enum { LOOK_MS = 1000, ROWS_MIN = 12, COLUMNS_MIN = 40, TIMELINE_ROWS = 4, HEAD_ROWS = 9 };

enum follow_order { BY_BYTES, BY_RATE, BY_CALLS, BY_BLOCKS, ORDERS_COUNT };
static const char *const order_names[ORDERS_COUNT] = {"bytes in use", "bytes/s", "calls/s",
                                                      "blocks"};

struct screen {
    struct follow_data data;
    struct termios before;
    int rows, columns;
    struct text_buffer text; /* of one picture */
    int line;                /* how many it has */
    enum follow_order order;
    char filter[64];
    bool types_filter;
    uint32_t *shown; /* rows of data, ordered */
    uint32_t shown_count, selected, first;
    uint64_t open; /* the age of the stack that is open; 0: the list is */
    char message[256];
    bool ends, has_ended;
};

/* --- the terminal -------------------------------------------------------- */

static void screen_put(const char *text)
{
    fputs(text, stdout);
    fflush(stdout);
}

static void screen_begin(struct screen *screen)
{
    struct termios raw;

    tcgetattr(STDIN_FILENO, &screen->before);
    raw = screen->before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    screen_put("\033[?1049h\033[?25l");
}

static void screen_end(struct screen *screen)
{
    screen_put("\033[?25h\033[?1049l");
    tcsetattr(STDIN_FILENO, TCSANOW, &screen->before);
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

static void screen_draw(struct screen *screen)
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
    screen_put(screen->text.text);
}

/* --- keys ---------------------------------------------------------------- */

static void screen_check(struct screen *screen)
{
    struct failure failure;
    char *path, number[16];

    snprintf(screen->message, sizeof screen->message, "checking ...");
    screen_draw(screen);
    snprintf(number, sizeof number, "%d", screen->data.log.pid);
    path = live_check(number, &failure);
    const struct trace_snapshot *snapshot = &screen->data.log.header->snapshot;
    if (path)
        snprintf(screen->message, sizeof screen->message,
                 "%s bytes in %s blocks are lost now: leakreport %s", NUMBER(snapshot->lost_bytes),
                 NUMBER(snapshot->lost_blocks), path);
    else
        snprintf(screen->message, sizeof screen->message, "%.200s", failure.text);
    free(path);
}

static void screen_type(struct screen *screen, char key)
{
    size_t length = strlen(screen->filter);

    if (key == '\n' || key == '\r' || key == '\033')
        screen->types_filter = false;
    else if ((key == '\b' || key == 127) && length)
        screen->filter[length - 1] = 0;
    else if (key >= ' ' && key < 127 && length + 1 < sizeof screen->filter)
        screen->filter[length] = key, screen->filter[length + 1] = 0;
}

static void screen_move(struct screen *screen, int step)
{
    if (step < 0 ? screen->selected > 0 : screen->selected + 1 < screen->shown_count)
        screen->selected = (uint32_t)((int)screen->selected + step);
}

static void screen_key(struct screen *screen, char key)
{
    *screen->message = 0;
    if (screen->types_filter)
        screen_type(screen, key);
    else if (key == 'k' || key == 'j')
        screen_move(screen, key == 'k' ? -1 : 1);
    else if (key == 'q' && !screen->open)
        screen->ends = true;
    else if (key == 's')
        screen->order = (screen->order + 1) % ORDERS_COUNT;
    else if (key == '/')
        screen->types_filter = true;
    else if (key == 'c')
        screen_check(screen);
    else if (screen->open)
        screen->open = 0;
    else if ((key == '\n' || key == '\r') && screen->shown_count)
        screen->open = screen->data.rows[screen->shown[screen->selected]].age;
}

/* An arrow is three bytes; several keys may come at once. */
static void screen_keys(struct screen *screen, const char *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_arrow = count - i >= 3 && keys[i] == '\033' && keys[i + 1] == '[';

        if (!is_arrow) {
            screen_key(screen, keys[i]);
            continue;
        }
        i += 2;
        if (keys[i] == 'A' || keys[i] == 'B')
            screen_move(screen, keys[i] == 'A' ? -1 : 1);
    }
}

/* Until it is time to look again, or a key came. A window that changes its size interrupts. */
static bool screen_wait(struct screen *screen)
{
    struct pollfd keyboard = {STDIN_FILENO, POLLIN, 0};
    char keys[16];

    if (poll(&keyboard, 1, LOOK_MS) <= 0)
        return false;
    ssize_t count = read(STDIN_FILENO, keys, sizeof keys);
    if (count <= 0)
        screen->ends = true;
    else
        screen_keys(screen, keys, (size_t)count);
    return true;
}

int follow_screen(const struct options *options, const char *word, struct failure *failure)
{
    struct screen screen = {0};
    bool had_key = false;
    int result = 0;

    if (follow_data_begin(&screen.data, options, word, failure) != 0)
        return -1;
    screen_begin(&screen);
    while (result == 0 && !screen.ends) {
        if (!had_key && !screen.has_ended) {
            screen.has_ended = !follow_data_runs(&screen.data);
            result = follow_data_look(&screen.data, failure);
        }
        if (result == 0)
            screen_draw(&screen);
        had_key = result == 0 && screen_wait(&screen);
    }
    screen_end(&screen);
    free(screen.shown);
    free(screen.text.text);
    follow_data_end(&screen.data);
    return result;
}
