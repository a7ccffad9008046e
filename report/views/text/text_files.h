/* text_files.h: which file descriptors are open at the end. */
#ifndef TEXT_FILES_H
#define TEXT_FILES_H

#include "views/text/text_page.h"

/* Only where the log says it. */
void text_files(const struct text_page *page);

#endif
