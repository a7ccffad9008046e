/* well_formed.h: whether a report in another form than text is what its form's readers take: for
 * harnesses, without a library that a fuzzer would have to look into. */
#ifndef WELL_FORMED_H
#define WELL_FORMED_H

#include <stddef.h>

/* NULL, or what is wrong. The text is followed by a NUL. Both want UTF-8 without control
 * characters. XML: one element with elements in it, each closed by its name; entities of XML's own;
 * sections. */
const char *xml_fault(const char *text, size_t size);
/* JSON: one value. */
const char *json_fault(const char *text, size_t size);

#endif
