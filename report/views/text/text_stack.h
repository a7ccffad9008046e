/* text_stack.h: a stack's frames, in valgrind's words, and the entry of a suppression file for it.
 */
#ifndef TEXT_STACK_H
#define TEXT_STACK_H

#include "views/text/text_page.h"

/* Once for a page. */
void text_stacks_begin(struct text_page *page);
void text_stacks_end(struct text_page *page);
void text_stack(const struct text_page *page, uint32_t stack);
/* An entry for a suppression file, when --gen-suppressions asks for one. */
void text_suppression(const struct text_page *page, enum suppress_kind kind, unsigned leak_kinds,
                      uint32_t stack);

#endif
