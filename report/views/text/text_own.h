/* text_own.h: a stack's frames with --own: runs of others' frames on one line, names shortened. */
#ifndef TEXT_OWN_H
#define TEXT_OWN_H

#include "views/text/text_page.h"

/* Once for a page. Nothing happens unless --own was asked for. */
void text_own_begin(struct text_page *page);
void text_own_end(struct text_page *page);
/* The frames; why the stack ends there is the caller's. */
enum stack_end text_own_stack(const struct text_page *page, uint32_t stack);

#endif
