/* text_never.h: --never-freed. */
#ifndef TEXT_NEVER_H
#define TEXT_NEVER_H

#include "views/text/text_page.h"

void text_never(const struct text_page *page);

#endif
