/* words_error.h: the sentences on leaks and on errors of the program: valgrind's, which scripts
 * look for.
 *
 * What returns char * is the caller's to free.
 */
#ifndef WORDS_ERROR_H
#define WORDS_ERROR_H

#include "base/text_buffer.h"
#include "judge/ending.h"
#include "judge/group.h"
#include "judge/misuse_view.h"
#include "judge/shown_stack.h"

/* "8 bytes in 1 blocks are definitely lost" */
char *words_loss(const struct loss_record *record, enum moment moment);
/* "8 bytes in 1 blocks are definitely lost in loss record 1 of 2"; records: how many there are. */
char *words_record(const struct loss_record *record, uint32_t records, enum moment moment);
/* "Blocks of it are named "a", "b"": what the program calls blocks of the record; NULL:
 * nothing. */
char *words_names(const struct model *model, const struct loss_records *records,
                  const struct loss_record *record);
/* "stdstring" */
const char *words_heuristic(enum trace_heuristic heuristic);

/* "Invalid free() / delete / delete[] / realloc()" */
char *words_misuse(const struct misuse *misuse);
/* "Address 0x… is 3 bytes inside a block of size 7 alloc'd" */
char *words_misuse_address(const struct misuse *misuse, const struct misuse_view *view);
/* "in frame #2, created by f (file.c:7)"; NULL: the view has no frame. */
char *words_misuse_frame(const struct options *options, const struct model *model,
                         const struct misuse *misuse, const struct misuse_view *view);
/* "It was overrun by at least 1 bytes, into the header of a block of size 24 alloc'd", above that
 * block's stack, if there is one; NULL: it is no abort of malloc's. */
char *words_misuse_overwritten(const struct misuse *misuse, const struct misuse_view *view);
/* Above the stack of where a freed block was allocated. */
extern const char words_misuse_allocated[];

/* Adds where the line is: " (file.c:7)", or " (in /path/of/object)" when nobody knows its source.
 */
void words_add_source(struct text_buffer *text, const struct shown_line *line);
/* What is said behind a stack that is not whole; NULL: nothing. */
const char *words_stack_end(enum stack_end end);

#endif
