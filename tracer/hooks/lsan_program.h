/* lsan_program: what a program that was written for LeakSanitizer says about leak checks, by
 * functions of its own.
 *
 * They are called where the program itself has called, never in a signal handler. Found where the
 * program exports them: it was linked with -rdynamic, or has them in a library. */
#ifndef LSAN_PROGRAM_H
#define LSAN_PROGRAM_H

#include <stdbool.h>

/* When the program is loaded, as LeakSanitizer asks: its suppressions go into the log. */
void lsan_program_begin(void);
/* Before a leak check. false: the program wants none, at the end neither. */
bool lsan_program_ask(void);

#endif
