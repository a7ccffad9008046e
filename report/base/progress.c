#include "base/progress.h"
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/leftover.h"
#include "base/number_text.h"
#include "base/safe_text.h"

#define PROGRESS_FIRST_NS    1000000000u
#define PROGRESS_INTERVAL_NS 100000000u

static struct progress *volatile shown; /* the one that has a thread */

static uint64_t progress_clock(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void progress_begin(struct progress *progress, FILE *out, bool terminal)
{
    *progress = (struct progress){.out = terminal ? out : NULL, .now = progress_clock};
    pthread_mutex_init(&progress->lock, NULL);
    if (progress->out)
        progress->due = progress->now() + PROGRESS_FIRST_NS;
}

/* --- the line ------------------------------------------------------------ */

/* Blanks cover what a longer line left. */
static void progress_put(struct progress *progress, const char *text)
{
    fprintf(progress->out, "%-*s\r", (int)progress->width, text);
    fflush(progress->out);
    progress->width = (unsigned)strlen(text);
    progress->due = progress->now() + PROGRESS_INTERVAL_NS;
}

/* Of a long name the end says most. */
static void progress_put_name(struct progress *progress)
{
    char text[128];
    const char *name = progress->name;
    size_t taken = strlen("leakreport: ") + strlen(progress->what) + 1, length = strlen(name);
    size_t space = taken < PROGRESS_COLUMNS ? PROGRESS_COLUMNS - taken : 0;

    snprintf(text, sizeof text, "leakreport: %s%s%s", progress->what, length ? " " : "",
             length > space ? name + length - space : name);
    safe_text_make(text);
    for (char *tab = text; (tab = strchr(tab, '\t'));) /* its width is not known */
        *tab = '?';
    progress_put(progress, text);
}

static void progress_put_count(struct progress *progress)
{
    uint64_t done = __atomic_load_n(&progress->done, __ATOMIC_RELAXED);
    char text[128];

    snprintf(text, sizeof text, "leakreport: %s: %s of %s", progress->what, number_text(done).text,
             number_text(progress->all).text);
    progress_put(progress, text);
}

/* A background job has the terminal not for itself. */
static bool progress_is_seen(const struct progress *progress)
{
    pid_t front = tcgetpgrp(fileno(progress->out));

    return front < 0 || front == getpgrp();
}

void progress_look(struct progress *progress)
{
    pthread_mutex_lock(&progress->lock);
    if (progress->what && progress->now() >= progress->due && progress_is_seen(progress)) {
        if (progress->all)
            progress_put_count(progress);
        else
            progress_put_name(progress);
    }
    pthread_mutex_unlock(&progress->lock);
}

/* --- the thread ---------------------------------------------------------- */

/* In a signal handler. */
static void progress_wipe(void)
{
    static const char blanks[PROGRESS_COLUMNS + 3] = {[0 ... PROGRESS_COLUMNS + 1] = ' '};
    struct progress *progress = shown;
    unsigned width = progress ? progress->width : 0;

    if (!width)
        return;
    progress->width = 0;
    if (write(fileno(progress->out), blanks, width) < 0 ||
        write(fileno(progress->out), "\r", 1) < 0)
        return;
}

static void *progress_work(void *context)
{
    const struct timespec pause = {.tv_nsec = PROGRESS_INTERVAL_NS};

    for (;;) {
        nanosleep(&pause,
                  NULL); /* the only place where it may be cancelled, and without the lock */
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
        progress_look(context);
        pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    }
    return NULL;
}

/* Signals are the first thread's. */
void progress_start(struct progress *progress)
{
    if (!progress->out)
        return;
    shown = progress;
    leftover_watch(progress_wipe);
    leftover_hold();
    progress->has_thread = pthread_create(&progress->thread, NULL, progress_work, progress) == 0;
    leftover_release();
}

void progress_end(struct progress *progress)
{
    if (progress->has_thread) {
        pthread_cancel(progress->thread);
        pthread_join(progress->thread, NULL);
        progress->has_thread = false;
    }
    progress_clear(progress);
    shown = NULL;
}

/* --- what is done -------------------------------------------------------- */

static void progress_set(struct progress *progress, const char *what, const char *name,
                         uint64_t done, uint64_t all)
{
    size_t length = strlen(name),
           skipped = length > PROGRESS_COLUMNS ? length - PROGRESS_COLUMNS : 0;

    pthread_mutex_lock(&progress->lock);
    progress->what = what;
    progress->all = all;
    progress->done = done;
    memcpy(progress->name, name + skipped, length - skipped + 1);
    pthread_mutex_unlock(&progress->lock);
}

void progress_say(struct progress *progress, const char *what, const char *name)
{
    if (progress && progress->out)
        progress_set(progress, what, name, 0, 0);
}

void progress_count(struct progress *progress, const char *what, uint64_t done, uint64_t all)
{
    if (!progress || !progress->out)
        return;
    if (progress->what == what && progress->all == all)
        __atomic_store_n(&progress->done, done, __ATOMIC_RELAXED);
    else
        progress_set(progress, what, "", done, all);
}

void progress_clear(struct progress *progress)
{
    if (!progress || !progress->out)
        return;
    pthread_mutex_lock(&progress->lock);
    progress->what = NULL;
    if (progress->width)
        progress_put(progress, "");
    progress->width = 0;
    pthread_mutex_unlock(&progress->lock);
}
