/* text_usage.h: the stacks with the most of something. */
#ifndef TEXT_USAGE_H
#define TEXT_USAGE_H

#include "views/text/text_page.h"

void text_usage(const struct text_page *page);

#endif
