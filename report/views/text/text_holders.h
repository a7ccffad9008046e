/* text_holders.h: who holds memory: --why and --retained. */
#ifndef TEXT_HOLDERS_H
#define TEXT_HOLDERS_H

#include "views/text/text_page.h"

void text_holders(const struct text_page *page);
/* Lost blocks that hold one another. */
void text_cycles(const struct text_page *page);

#endif
