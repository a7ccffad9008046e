/* words_signal: what a fault was, in valgrind's words. */
#ifndef WORDS_SIGNAL_H
#define WORDS_SIGNAL_H

#include "judge/ending.h"

/* "Access not within mapped region"; NULL: it is no fault, or the kernel did not say which. */
const char *words_signal_event(const struct ending *ending);
/* The same with its address. NULL, or the caller's to free. */
char *words_signal(const struct ending *ending);

#endif
