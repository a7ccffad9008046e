/* render_text.h: pieces of the text output that its files share. For render_text*.c only.
 *
 * Each line begins "==PID== "; an empty one keeps the blank, because valgrind's parsers know it so.
 */
#ifndef RENDER_TEXT_H
#define RENDER_TEXT_H

#include <inttypes.h>
#include <stdio.h>
#include "base/number_text.h"
#include "base/text_buffer.h"
#include "views/renderer.h"

/* A frame as stacks show it: made once, written a hundred thousand times. */
struct text_frame {
    char *lines; /* with prefixes and line ends; NULL: not made yet */
    size_t size;
    bool last; /* what is further out is below main, and not shown */
};
struct text_page {
    FILE *out;
    struct text_frame *frames; /* one for each of the model's */
    struct text_buffer *lines; /* where a frame's lines are made */
    char prefix[48];           /* "==PID== ", with --time-stamp "==TIME PID== " */
    char debug_prefix[48];     /* "--PID-- " */
    const struct report *report;
};

void render_text_line(const struct text_page *page, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
#define NUMBER(n) number_text(n).text

/* "at exit", "now": the moment of what the log calls live. */
const char *render_text_when(const struct model *model);
/* An empty line. */
void render_text_blank(const struct text_page *page);

/* render_text_stack.c: a stack's frames, in valgrind's words. Begin and end: once for a page. */
void render_text_stacks_begin(struct text_page *page);
void render_text_stacks_end(struct text_page *page);
void render_text_stack(const struct text_page *page, uint32_t stack);
/* " in frame #2, created by f (file.c:7)": frame `index` of a stack, 0 is the innermost. */
void render_text_frame_at(const struct text_page *page, uint32_t stack, uint64_t index);
/* render_text_misuse.c: one error of the program, with all its stacks. */
void render_text_misuse(const struct text_page *page, const struct misuse *misuse);
/* render_text_usage.c: the stacks with the most of something. */
void render_text_usage(const struct text_page *page);
/* render_text_timeline.c: how the use of memory went on. */
void render_text_timeline(const struct text_page *page);
/* "0.532 s": nanoseconds. */
#define TEXT_SECONDS_SIZE 32
void render_text_seconds(char text[TEXT_SECONDS_SIZE], uint64_t time_ns);
/* render_text_head.c: the command, how it ended, what is missing. */
void render_text_head(const struct text_page *page);
/* The same in one line, for -q: whose errors these are. */
void render_text_head_quiet(const struct text_page *page);
/* render_text_all.c: a table of all processes. */
void render_text_all(FILE *out, const struct report_all *all);
/* An entry for a suppression file, when --gen-suppressions asks for one. */
void render_text_suppression(const struct text_page *page, enum suppress_kind kind,
                             unsigned leak_kinds, uint32_t stack);

#endif
