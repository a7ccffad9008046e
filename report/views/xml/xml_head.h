/* xml_head.h: what stands in front of the errors: protocol, process, arguments; and how it ended.
 */
#ifndef XML_HEAD_H
#define XML_HEAD_H

#include "views/xml/xml_element.h"

void xml_head(const struct xml_page *page);
/* state: "RUNNING", "FINISHED"; so long after the start. */
void xml_status(const struct xml_page *page, const char *state, uint64_t after_ns);
/* <fatal_signal>, if it was one. */
void xml_fatal_signal(const struct xml_page *page);

#endif
