/* text_head.h: the command, how it ended, what is missing. */
#ifndef TEXT_HEAD_H
#define TEXT_HEAD_H

#include "views/text/text_page.h"

void text_head(const struct text_page *page);

#endif
