/* words_stale.h: what points to a block that the program gave up, in one sentence. */
#ifndef WORDS_STALE_H
#define WORDS_STALE_H

#include "base/options.h"
#include "holders/stale.h"

/* The caller's to free. */
char *words_stale(const struct options *options, const struct stale *stale,
                  const struct stale_group *group);

#endif
