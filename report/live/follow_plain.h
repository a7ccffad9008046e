/* follow_plain.h: watches a running program's use of memory: a line a second, until it ends. */
#ifndef FOLLOW_PLAIN_H
#define FOLLOW_PLAIN_H

#include "base/failure.h"
#include "base/options.h"

/* `word` is a process' number or its log's name. 0, or -1 with `failure` filled. */
int follow_plain(const struct options *options, const char *word, struct failure *failure);

#endif
