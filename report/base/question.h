/* question.h: questions to who sits at the terminal, be the standard streams what they may.
 */
#ifndef QUESTION_H
#define QUESTION_H

#include <stdbool.h>
#include <stdio.h>

struct question {
    FILE *in, *out; /* the terminal; NULL: there is none, or no more is to be asked */
};

/* false: there is no terminal. */
bool question_begin(struct question *question);
void question_end(struct question *question);
/* Y or y: true. N, n or an empty line: false; C or c, or the terminal's end: false, and nothing is
 * asked any more. Other answers are asked for again. */
bool question_ask(struct question *question, const char *text);

#endif
