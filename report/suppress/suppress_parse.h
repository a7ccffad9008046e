/* suppress_parse.h: the text of suppression files, read into rules.
 *
 * valgrind's entries and LeakSanitizer's "leak:" lines may follow each other in one file: each
 * line says by itself which of the two it is. Used by suppress.c only; others see suppress.h.
 */
#ifndef SUPPRESS_PARSE_H
#define SUPPRESS_PARSE_H

#include <stddef.h>
#include "base/failure.h"
#include "suppress/suppress_rules.h"

/* Adds the rules of a text. file: how errors and entries name it. 0, or -1 with `failure` filled
 * and the rules as they were before. */
int suppress_parse_text(struct suppress_rules *rules, const char *file, const char *text,
                        size_t size, struct failure *failure);

#endif
