/* xml_error.h: errors of the program, and loss records, as <error> elements. */
#ifndef XML_ERROR_H
#define XML_ERROR_H

#include "views/xml/xml_element.h"

void xml_misuses(struct xml_page *page);
/* Those with a leak kind: valgrind's readers know no other record. */
void xml_records(struct xml_page *page);
/* How often each of the first came. */
void xml_error_counts(const struct xml_page *page);

#endif
