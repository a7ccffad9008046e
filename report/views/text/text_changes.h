/* text_changes.h: what has changed since an older log (--diff): sums, and stacks by their use. */
#ifndef TEXT_CHANGES_H
#define TEXT_CHANGES_H

#include "views/text/text_page.h"

/* Where else the use of memory stands. */
void text_changes_of_use(const struct text_page *page);
/* Behind the loss records. */
void text_changes(const struct text_page *page);

#endif
