/* A live screen: the terminal, its keys, and when to look at the process again. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/number_text.h"
#include "live/follow_screen.h"
#include "live/follow_picture.h"
#include "live/live_check.h"

#define NUMBER(n) number_text((uint64_t)(n)).text

enum { LOOK_MS = 1000 };

/* --- the terminal -------------------------------------------------------- */

static void screen_begin(struct screen *screen)
{
    struct termios raw;

    tcgetattr(STDIN_FILENO, &screen->before);
    raw = screen->before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    follow_picture_put("\033[?1049h\033[?25l");
}

static void screen_end(struct screen *screen)
{
    follow_picture_put("\033[?25h\033[?1049l");
    tcsetattr(STDIN_FILENO, TCSANOW, &screen->before);
}

/* --- keys ---------------------------------------------------------------- */

static void screen_check(struct screen *screen)
{
    struct failure failure;
    char *path, number[16];

    snprintf(screen->message, sizeof screen->message, "checking ...");
    follow_picture_draw(screen);
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
            follow_picture_draw(&screen);
        had_key = result == 0 && screen_wait(&screen);
    }
    screen_end(&screen);
    free(screen.shown);
    free(screen.text.text);
    follow_data_end(&screen.data);
    return result;
}
