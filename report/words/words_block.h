/* words_block.h: what blocks are called, and the places that allocated them.
 *
 * What returns char * is the caller's to free.
 */
#ifndef WORDS_BLOCK_H
#define WORDS_BLOCK_H

#include "base/options.h"
#include "read/model.h"

/* "block of 4,096 bytes, 512 of struct entry* (hash_grow, hash.c:88)" */
char *words_held_block(const struct options *options, const struct model *model, uint32_t block);
/* "(hash_grow, hash.c:88)", with a blank in front; "" if nobody knows. */
char *words_stack_place(const struct options *options, const struct model *model, uint32_t stack);
/* The same with what lies at the offset: "block of 96 bytes, Session::timer (start,
 * session.cpp:8)". */
char *words_block_at(const struct options *options, const struct model *model, uint32_t block,
                     uint64_t offset);
/* "Session::timer", or NULL: it is not known. */
char *words_block_member(const struct options *options, const struct model *model, uint32_t block,
                         uint64_t offset);

#endif
