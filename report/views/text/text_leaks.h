/* text_leaks.h: loss records and their sums. */
#ifndef TEXT_LEAKS_H
#define TEXT_LEAKS_H

#include "views/text/text_page.h"

void text_leaks(const struct text_page *page);

#endif
