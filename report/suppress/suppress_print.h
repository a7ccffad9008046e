/* suppress_print.h: suppressions as text: which were of use, and new ones made from a record.
 *
 * Called by the renderers when all records have been through suppress_find. Writes to a stream
 * and leaves the stream's error flag for the caller to look at.
 */
#ifndef SUPPRESS_PRINT_H
#define SUPPRESS_PRINT_H

#include <stdio.h>
#include "suppress/suppress.h"

/* One line for each entry that suppressed something (-v), in valgrind's words:
 *   --PID-- used_suppression:      2 name file:line suppressed: 1,024 bytes in 3 blocks
 * prefix: "--PID-- ", with its space. */
void suppress_print_used(FILE *out, const char *prefix, const struct suppressions *suppressions);

/* One line for each entry that suppressed nothing:
 *   --PID-- unused_suppression: name file:line */
void suppress_print_unused(FILE *out, const char *prefix, const struct suppressions *suppressions);

/* An entry that matches this record (--gen-suppressions=all): valgrind's text, "{" to "}", each
 * line with its newline and without ==PID== in front. leak_kinds as for suppress_find: of all, the
 * entry names none and so takes all. */
void suppress_print_generated(FILE *out, enum suppress_kind kind, unsigned leak_kinds,
                              const struct suppress_stack *stack);

#endif
