/* text_page.h: lines of the text view, and what its rooms share.
 *
 * Each line begins "==PID== "; an empty one keeps the blank, because valgrind's parsers know it so.
 */
#ifndef TEXT_PAGE_H
#define TEXT_PAGE_H

#include <inttypes.h>
#include <stdio.h>
#include "base/number_text.h"
#include "base/text_buffer.h"
#include "views/renderer.h"

/* A frame as stacks show it: made once, written a hundred thousand times. */
struct text_frame {
    char *lines; /* with prefixes and line ends; NULL: not made yet */
    size_t size;
    bool last; /* what is further out is not shown */
};
struct text_page {
    FILE *out;
    struct text_frame *frames; /* one for each of the model's */
    struct text_buffer *lines; /* where a frame's lines are made */
    char prefix[48];           /* "==PID== ", with --time-stamp "==TIME PID== " */
    char debug_prefix[48];     /* "--PID-- " */
    bool colors;
    struct text_own *own; /* --own (text_own); NULL: nobody asked for it */
    const struct report *report;
};

#define NUMBER(n) number_text(n).text

/* What a line is, for a terminal that has colours. */
enum text_color {
    TEXT_PLAIN,
    TEXT_GOOD,
    TEXT_BAD,
    TEXT_DOUBTFUL,
    TEXT_FAINT,
    TEXT_STRONG,
    TEXT_COLORS_COUNT
};
/* --color: may this report have them? */
bool text_has_colors(FILE *out, const struct options *options);
void text_line_in(const struct text_page *page, enum text_color color, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void text_line(const struct text_page *page, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Frees the text. */
void text_sentence(const struct text_page *page, const char *before, char *text);
void text_sentence_in(const struct text_page *page, enum text_color color, char *text);
/* An empty line. */
void text_blank(const struct text_page *page);
/* --error-markers: in front of an error, and behind it. */
void text_marker(const struct text_page *page, bool end);

/* "0.532 s": nanoseconds. */
#define TEXT_SECONDS_SIZE 32
void text_seconds(char text[TEXT_SECONDS_SIZE], uint64_t time_ns);

#endif
