/* words_ending.h: how a process ended, and why there is no verdict, in English.
 *
 * A sentence has no line break; what returns char * is the caller's to free. */
#ifndef WORDS_ENDING_H
#define WORDS_ENDING_H

#include "judge/ending.h"
#include "judge/verdict.h"

enum { WORDS_ENDING_LINES = 2, WORDS_ENDING_SHORT = 40 };

/* "It ended with exit status 0.": up to two sentences, the rest NULL; each the caller's to free. */
void words_ending(char *lines[WORDS_ENDING_LINES], const struct ending *ending,
                  const struct model *model);
/* "exit 0" */
void words_ending_short(char text[WORDS_ENDING_SHORT], const struct ending *ending);
/* "at exit", "now" */
const char *words_moment(enum moment moment);

/* Why the log has no leak check, and why it is not known whether there are errors: the end of a
 * sentence. NULL: there is no doubt. */
char *words_no_check(const struct no_check *no_check);
char *words_doubt(const struct doubt *doubt);

#endif
