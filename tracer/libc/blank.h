/* blank: what malloc hands out has no old words in it.
 *
 * A block keeps what its memory held before: an earlier owner's pointers, and the links of malloc's
 * free lists, also in its midst, where free chunks were joined. Where the program does not write,
 * the leak check would follow them. So each block is filled with zeros before the program gets it,
 * as is what realloc adds to one. What the program may have written is never touched: realloc's
 * part begins behind what malloc_usable_size says of the old block.
 *
 *     glibc's malloc   all that the block can hold, which stands in the word before it; a chunk
 * with pages of its own is fresh from the kernel another malloc   what was asked for, in whole
 * words; of operator new too, where that is not made of malloc
 *
 * What may have pages that were never touched is read first and written to only where it is not
 * zero already, so that no page becomes resident by it.
 *
 * It takes the place of the functions in `real`, so that without a leak check nothing is there. */
#ifndef BLANK_H
#define BLANK_H

#include <stddef.h>

/* From here on. Called once, while the program cannot run, after real_resolve. */
void blank_begin(void);
/* A block that operator new gave and malloc did not. */
void blank_new(void *pointer, size_t size);

#endif
