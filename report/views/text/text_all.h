/* text_all.h: a table of all processes, when there are several. */
#ifndef TEXT_ALL_H
#define TEXT_ALL_H

#include "views/text/text_page.h"

void text_all(FILE *out, const struct report_all *all);

#endif
