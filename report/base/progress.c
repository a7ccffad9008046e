#include "base/progress.h"
#include <string.h>
#include <time.h>
#include "base/number_text.h"
#include "base/safe_text.h"

#define PROGRESS_INTERVAL_NS 100000000u
enum { PROGRESS_COLUMNS = 78 }; /* a longer line would wrap, and \r go back to its last part only */

static uint64_t progress_clock(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void progress_begin(struct progress *progress, FILE *out, bool terminal)
{
    *progress = (struct progress){.out = terminal ? out : NULL, .now = progress_clock};
    if (progress->out)
        progress->due = progress->now() + PROGRESS_INTERVAL_NS;
}

/* Blanks cover what a longer line left. */
static void progress_put(struct progress *progress, const char *text)
{
    fprintf(progress->out, "%-*s\r", (int)progress->width, text);
    fflush(progress->out);
    progress->width = (unsigned)strlen(text);
    progress->due = progress->now() + PROGRESS_INTERVAL_NS;
}

void progress_count(struct progress *progress, const char *what, uint64_t done, uint64_t all)
{
    char text[128];

    if (!progress || !progress->out || progress->now() < progress->due)
        return;
    snprintf(text, sizeof text, "leakreport: %s: %s of %s", what, number_text(done).text,
             number_text(all).text);
    progress_put(progress, text);
}

/* Of a long name the end says most. */
void progress_say(struct progress *progress, const char *what, const char *name)
{
    char text[128];

    if (!progress || !progress->out)
        return;
    size_t taken = strlen("leakreport: ") + strlen(what) + 1, length = strlen(name);
    size_t space = taken < PROGRESS_COLUMNS ? PROGRESS_COLUMNS - taken : 0;

    snprintf(text, sizeof text, "leakreport: %s %s", what,
             length > space ? name + length - space : name);
    safe_text_make(text);
    for (char *tab = text; (tab = strchr(tab, '\t'));) /* its width is not known */
        *tab = '?';
    progress_put(progress, text);
}

void progress_clear(struct progress *progress)
{
    if (!progress || !progress->out || !progress->width)
        return;
    progress_put(progress, "");
    progress->width = 0;
}
