/* xml_summary.h: the summaries that protocol 6 has: of the heap, the leaks, the errors.
 *
 * Their figures have commas, as valgrind's have. */
#ifndef XML_SUMMARY_H
#define XML_SUMMARY_H

#include "views/xml/xml_element.h"

/* In front of the leaks, behind them, and behind suppcounts. */
void xml_summary_of_heap(const struct xml_page *page);
void xml_summary_of_leaks(const struct xml_page *page);
void xml_summary_of_errors(const struct xml_page *page);

#endif
