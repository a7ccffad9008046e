/* text_growth.h: the stacks that grow without end, and how many do what else. */
#ifndef TEXT_GROWTH_H
#define TEXT_GROWTH_H

#include "views/text/text_page.h"

void text_growth(const struct text_page *page);

#endif
