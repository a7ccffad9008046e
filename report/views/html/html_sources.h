/* html_sources.h: the lines of source text around the frames of leaks and errors.
 *
 * Only what a compiler named as a source is read, only regular files whose name ends as a source's
 * does, and in all no more than HTML_SOURCES_MAX bytes: the page goes into tickets.
 */
#ifndef HTML_SOURCES_H
#define HTML_SOURCES_H

#include "views/json/json_writer.h"
#include "views/renderer.h"

#define HTML_SOURCES_MAX   (256u * 1024u)
#define HTML_SOURCE_AROUND 2u /* lines before and after */

/* Members of the process's object: "sources", by file, pieces {first, lines}; "sources_left_out",
 * around how many places there would have been more. */
void html_sources(struct json_writer *json, const struct report *report);

#endif
