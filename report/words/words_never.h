/* words_never.h: the sentences of --never-freed. For free. */
#ifndef WORDS_NEVER_H
#define WORDS_NEVER_H

#include "judge/own/never_freed.h"
#include "judge/own/old_blocks.h"

/* "30,000 bytes in 300 blocks by start (server.c:41), none of which was ever freed; 10 of 12 places
 * of start free theirs" */
char *words_never_freed(const struct never_freed_place *place);
char *words_old_blocks(const struct old_place *place);

#endif
