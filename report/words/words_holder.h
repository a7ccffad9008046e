/* words_holder.h: the sentences on who holds memory.
 *
 * What returns char * is the caller's to free.
 */
#ifndef WORDS_HOLDER_H
#define WORDS_HOLDER_H

#include "base/options.h"
#include "holders/cycles.h"
#include "holders/holders.h"

/* A step of a way, with an arrow in front of all but the first. */
char *words_way_step(const struct options *options, const struct holding *holding,
                     const struct way_step *steps, uint32_t number);
/* What it is: "static variable g_sessions (server.c:41)", "12 blocks (hash_grow, hash.c:88)". */
char *words_holder_name(const struct options *options, const struct holding *holding,
                        enum holder_kind kind, const struct holder *holder);
/* "keeps 812,000,000 bytes in 1,200,000 blocks", of a holder with its name in front. */
char *words_holder(const struct options *options, const struct holding *holding,
                   enum holder_kind kind, const struct holder *holder);
/* "3 blocks with 96 bytes were asked for by «main»" and so on: what --why found. */
char *words_why(const struct why *why);
/* "100 lost cycles, 12,800 bytes in 200 blocks:" */
char *words_cycle(const struct cycle *cycle);
/* "-> block of 48 bytes (…) +16"; of the step behind the last one: "-> the first block". */
char *words_cycle_step(const struct options *options, const struct model *model,
                       const struct cycle *cycle, uint32_t number);
/* "make one of these pointers weak", or which one, or that none ends it. */
char *words_cycle_end(const struct options *options, const struct model *model,
                      const struct cycle *cycle);
/* "2 blocks with 64 bytes are held in this way:" */
char *words_held_way(const struct held_way *way);

#endif
