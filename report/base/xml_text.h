/* xml_text.h: text from elsewhere as XML 1.0 may hold it, whatever bytes it has.
 *
 * What is no UTF-8, no character of XML, or steers a terminal becomes '?', byte by byte, as in
 * safe_text; markup becomes entities.
 */
#ifndef XML_TEXT_H
#define XML_TEXT_H

#include <stdio.h>

/* As an element's content, or an attribute's value between double quotes. */
void xml_text_put(FILE *out, const char *text);
/* As a CDATA section's content: "]]>" ends the section and begins another. */
void xml_text_put_cdata(FILE *out, const char *text);

#endif
