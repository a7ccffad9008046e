/* text_misuse.h: the program's errors, each with all its stacks. */
#ifndef TEXT_MISUSE_H
#define TEXT_MISUSE_H

#include "views/text/text_page.h"

void text_misuses(const struct text_page *page);
/* All again, below the summary (-s). */
void text_misuse_list(const struct text_page *page);
/* What is suppressed, leaks too, and by what (--show-error-list=all). */
void text_suppressed_list(const struct text_page *page);

#endif
