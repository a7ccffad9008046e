/* ignored: blocks of which the program says that they are no leaks.
 *
 * Such a block belongs to another account of the same stack, one that is marked
 * (TRACE_STACK_IGNORED): so nothing has to be remembered of the block, and nothing forgotten when
 * it is freed. The leak check finds everything reachable that such a block points to, itself
 * included.
 *
 * While a thread ignores what it allocates it uses a second set of stack memos, whose accounts are
 * the marked ones. The path of malloc does not ask. */
#ifndef IGNORED_H
#define IGNORED_H

#include <stdbool.h>

/* What the calling thread allocates is ignored, until ignored_end has been called as often. */
void ignored_begin(void);
void ignored_end(void);
/* The live block that begins at the address, or has it inside. false: there is none. */
bool ignored_block(const void *pointer);

#endif
