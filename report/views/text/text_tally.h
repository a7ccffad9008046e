/* text_tally.h: --by: one line for each function, file, module or line. */
#ifndef TEXT_TALLY_H
#define TEXT_TALLY_H

#include "views/text/text_page.h"

void text_tally(const struct text_page *page);

#endif
