/* text_timeline.h: how the use of memory went on. */
#ifndef TEXT_TIMELINE_H
#define TEXT_TIMELINE_H

#include "views/text/text_page.h"

void text_timeline(const struct text_page *page);

#endif
