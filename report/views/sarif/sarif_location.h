/* sarif_location.h: where a line of a stack is, as SARIF says it. */
#ifndef SARIF_LOCATION_H
#define SARIF_LOCATION_H

#include "judge/shown_stack.h"
#include "views/sarif/sarif_page.h"

/* A location object. key: NULL in an array. message: or NULL. */
void sarif_location(const struct sarif_page *page, const char *key, const struct shown_line *line,
                    const char *message);
/* file:///folder/, for what paths are relative to. */
char *sarif_folder_uri(const char *folder);

#endif
