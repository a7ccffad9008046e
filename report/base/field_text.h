/* field_text.h: text from elsewhere as a field of a line of some other program's format.
 *
 * What would end the line, or do something to a terminal that shows it (safe_text), is blanks; what
 * means something in the format is replaced as its view says.
 */
#ifndef FIELD_TEXT_H
#define FIELD_TEXT_H

#include <stdio.h>

/* In place. Each character of `from` becomes the one at the same place of `to`. */
void field_text_make(char *text, const char *from, const char *to);
void field_text_put(FILE *out, const char *text, const char *from, const char *to);

#endif
