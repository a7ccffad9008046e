#include "words/words_ending.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/memory.h"
#include "words/words_signal.h"

/* --- endings ------------------------------------------------------------- */

static char *words_ending_said(const struct ending *ending, const char *became)
{
    switch (ending->kind) {
    case ENDING_RETURNED:
        return memory_text("It ended with exit status %d.", ending->value);
    case ENDING_EXITED_FAST:
        return memory_text("It ended through _exit with exit status %d.", ending->value);
    case ENDING_QUICK_EXITED:
        return memory_text("It ended through quick_exit with exit status %d.", ending->value);
    case ENDING_SIGNALED:
        return memory_text("Process terminating with default action of signal %d (%s)",
                           ending->value, ending->signal ? ending->signal : "unknown");
    case ENDING_EXECED:
        return memory_text("It became another program: %s.",
                           became ? became : "the log does not say which");
    default:
        return memory_text("How it ended is not known: the log says %u.", (unsigned)ending->value);
    }
}

static char *words_ending_snapshot(const struct model *model)
{
    const struct trace_header *header = &model->header;
    time_t when = (time_t)(header->end_realtime_ns / 1000000000u);
    uint64_t ran = header->end_realtime_ns > header->start_realtime_ns
                       ? (header->end_realtime_ns - header->start_realtime_ns) / 1000000000u
                       : 0;
    struct tm local;
    char text[64] = "";

    if (localtime_r(&when, &local))
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
    if (header->flags & TRACE_FLAG_FROM_OUTSIDE)
        return memory_text("This is how it was at %s; it went on.", text);
    return memory_text("This is its snapshot %u, taken at %s, %" PRIu64 " s after it began; it "
                       "went on.",
                       header->snapshot.number, text, ran);
}

/* What was recorded behind a copy's back is not known. */
void words_ending(char *lines[WORDS_ENDING_LINES], const struct ending *ending,
                  const struct model *model)
{
    const char *unfollowed =
        ending->kind == ENDING_EXECED ? trace_unfollowed_text(model->header.unfollowed) : NULL;

    lines[1] =
        unfollowed ? memory_text("That one is not traced: %s.", unfollowed) : words_signal(ending);
    switch (ending->kind) {
    case ENDING_RUNNING:
        lines[0] = memory_text("It is still running: what follows is as of now.");
        break;
    case ENDING_RUNNING_COPY:
        lines[0] = memory_text("It is still running. This file is a copy of its log: what follows "
                               "is as of when the copy was made.");
        break;
    case ENDING_COPY:
        lines[0] = memory_text("This file is a copy of its log, made while it ran or after it had "
                               "ended without recording how: what follows is as of the copy.");
        break;
    case ENDING_UNRECORDED:
        lines[0] = memory_text("It ended without recording how: no process %u that began when it "
                               "did runs here.",
                               model->header.pid);
        lines[1] = memory_text("SIGKILL, the out-of-memory killer, a stack overflow and an exit "
                               "that bypasses libc leave no record.");
        break;
    case ENDING_SNAPSHOT:
        lines[0] = words_ending_snapshot(model);
        break;
    case ENDING_UNSEEN:
        lines[0] = memory_text("It is still running, or ended without recording how: which of the "
                               "two cannot be seen from here, because it belongs to another "
                               "container or machine.");
        break;
    default:
        lines[0] = words_ending_said(ending, model->became);
    }
}

static const char *const words_endings[] = {
    [ENDING_RETURNED] = "exit",
    [ENDING_EXITED_FAST] = "_exit",
    [ENDING_QUICK_EXITED] = "quick_exit",
    [ENDING_SIGNALED] = "signal",
    [ENDING_EXECED] = "exec",
    [ENDING_UNKNOWN] = "not known",
    [ENDING_RUNNING] = "running",
    [ENDING_RUNNING_COPY] = "running",
    [ENDING_COPY] = "copied",
    [ENDING_UNRECORDED] = "no record",
    [ENDING_UNSEEN] = "not seen",
    [ENDING_SNAPSHOT] = "snapshot",
};

void words_ending_short(char text[WORDS_ENDING_SHORT], const struct ending *ending)
{
    const char *word = words_endings[ending->kind];

    if (ending->signal)
        snprintf(text, WORDS_ENDING_SHORT, "%s", ending->signal);
    else if (ending->kind <= ENDING_SIGNALED)
        snprintf(text, WORDS_ENDING_SHORT, "%s %d", word, ending->value);
    else
        snprintf(text, WORDS_ENDING_SHORT, "%s", word);
}

const char *words_moment(enum moment moment)
{
    static const char *const words[] = {
        [MOMENT_EXIT] = "at exit",
        [MOMENT_NOW] = "now",
        [MOMENT_ENDED] = "when it ended",
        [MOMENT_LAST_SEEN] = "when it was last seen",
        [MOMENT_COPIED] = "when the copy was made",
        [MOMENT_CHECKED] = "when it was checked",
    };

    return words[moment];
}

/* --- no verdict ---------------------------------------------------------- */

char *words_no_check(const struct no_check *no_check)
{
    static const char *const words[] = {
        [NO_CHECK_YET] = "the leak check is made when the process ends",
        [NO_CHECK_INTERRUPTED] = "the leak check was interrupted",
        [NO_CHECK_ENDED_BEFORE] = "the process ended before a leak check could be made",
        [NO_CHECK_EXECED] = "no leak check is made when a process becomes another program",
        [NO_CHECK_COMPARED] = "the log that this one is compared with (--diff) has no leak check",
        [NO_CHECK_IN_LOG] = "the log holds no leak check",
    };

    if (no_check->kind == NO_CHECK_OBSTACLE)
        return memory_text("no leak check was made: %s", trace_obstacle_text(no_check->obstacle));
    return memory_text("%s", words[no_check->kind]);
}

static char *words_doubt_no_check(const struct doubt *doubt)
{
    char *why = words_no_check(&doubt->no_check);
    char *text = memory_text("%s; --errors-for-leak-kinds=none counts bad frees alone", why);

    free(why);
    return text;
}

static char *words_doubt_execed(const struct doubt *doubt)
{
    const char *became = doubt->became ? doubt->became : "another program";
    const char *why = trace_unfollowed_text(doubt->unfollowed);

    return why ? memory_text("the process became %s, which is not traced: %s", became, why)
               : memory_text("the process became %s, and no log of that is named; name all logs",
                             became);
}

char *words_doubt(const struct doubt *doubt)
{
    static const char *const words[] = {
        [DOUBT_COPY] = "this copy of the log was made before the log said how the process ended; "
                       "read the log itself",
        [DOUBT_RUNNING] = "the process is still running; read the log when it has ended",
        [DOUBT_UNSEEN] = "whether the process has ended cannot be seen from here; read the log "
                         "where it ran",
        [DOUBT_GAPS] = "records are missing in the log (its notes say which); trace the program "
                       "again",
        [DOUBT_BYPASSED] = "the program has a malloc of its own, which the tracer does not see",
    };

    if (doubt->kind == DOUBT_NONE)
        return NULL;
    if (doubt->kind == DOUBT_NO_CHECK)
        return words_doubt_no_check(doubt);
    if (doubt->kind == DOUBT_EXECED)
        return words_doubt_execed(doubt);
    return memory_text("%s", words[doubt->kind]);
}
