/* text_head.h: the command, how it ended, what is missing. */
#ifndef TEXT_HEAD_H
#define TEXT_HEAD_H

#include "views/text/text_page.h"

/* In front of the first error that is shown when it happens; text_head does not repeat it. */
void text_head_of_errors(const struct text_page *page);
void text_head(const struct text_page *page);
/* Behind all else but the error summary. */
void text_hints(const struct text_page *page);

#endif
