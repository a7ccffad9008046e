/* follow_screen.h: watches a running program's use of memory: a screen, until q is typed. */
#ifndef FOLLOW_SCREEN_H
#define FOLLOW_SCREEN_H

#include "base/failure.h"
#include "base/options.h"

/* `word` is a process' number or its log's name. 0, or -1 with `failure` filled. */
int follow_screen(const struct options *options, const char *word, struct failure *failure);

#endif
