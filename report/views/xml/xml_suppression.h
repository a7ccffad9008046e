/* xml_suppression.h: <suppression> of an error, and <suppcounts>. */
#ifndef XML_SUPPRESSION_H
#define XML_SUPPRESSION_H

#include "views/xml/xml_element.h"

/* Where --gen-suppressions asks for it. */
void xml_suppression(const struct xml_page *page, enum suppress_kind kind, unsigned leak_kinds,
                     uint32_t stack);
void xml_suppression_counts(const struct xml_page *page);

#endif
