/* safe_text.h: text from elsewhere (logs, suppression files, symbol tables, arguments) as it may be
 * printed.
 *
 * Knows which bytes do something to a terminal, or to the order of what it shows. They become '?',
 * byte by byte, so that a glob made of the result still matches the text.
 */
#ifndef SAFE_TEXT_H
#define SAFE_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* How many of the bytes at `text` (NUL terminated, not at its end) form the next character; *safe
 * is 0 when they must not be printed. */
size_t safe_text_next(const char *text, int *safe);
/* The same text in its place, with '?' for what must not be printed. */
void safe_text_make(char *text);
void safe_text_put(FILE *out, const char *text);

#endif
