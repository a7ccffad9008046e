/* text_stale.h: what points to blocks that were given up, in the text view. */
#ifndef TEXT_STALE_H
#define TEXT_STALE_H

#include "views/text/text_page.h"

void text_stale(const struct text_page *page);

#endif
