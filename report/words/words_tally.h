/* words_tally.h: the words of --by, and of shares, in English. */
#ifndef WORDS_TALLY_H
#define WORDS_TALLY_H

#include <stdint.h>
#include "base/metric.h"

enum { WORDS_TALLY_TITLE = 80 };
/* "bytes lost by function" */
void words_tally_title(char title[WORDS_TALLY_TITLE], enum metric metric, int by);
/* "function": enum cli_by's */
const char *words_by(int by);
/* "blocks": what the second figure counts */
const char *words_tally_second(enum metric metric);

/* "12.3%" */
struct words_share {
    char text[16];
};
struct words_share words_share(uint64_t part, uint64_t whole);

#endif
