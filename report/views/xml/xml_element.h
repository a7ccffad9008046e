/* xml_element.h: lines of the XML view: an element with a text or a number, and a stack.
 *
 * The layout is valgrind's: two blanks for each level, because scripts read lines, too.
 */
#ifndef XML_ELEMENT_H
#define XML_ELEMENT_H

#include <inttypes.h>
#include "views/renderer.h"

struct xml_page {
    FILE *out;
    const struct report *report;
    uint64_t unique; /* of the next error */
};

/* <name>text</name>, `level` levels deep; NULL: nothing. */
void xml_text(FILE *out, int level, const char *name, const char *text);
/* Frees the text. */
void xml_sentence(FILE *out, int level, const char *name, char *text);
void xml_number(FILE *out, int level, const char *name, uint64_t number);
void xml_stack(const struct xml_page *page, uint32_t stack);

#endif
