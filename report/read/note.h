/* note.h: what a report has to say beside its figures: what is missing, lost, damaged, assumed.
 *
 * A note is a value, so that each view can put it in its own form; its sentence is words_note's.
 */
#ifndef NOTE_H
#define NOTE_H

#include <stdbool.h>
#include <stdint.h>
#include "trace_format.h"

enum note_kind {
#define NOTE(name, gap, sentence) NOTE_##name,
#include "read/note.def"
    NOTE_KINDS_COUNT
};
struct note {
    enum note_kind kind;
    uint64_t number;
    char *subject, *detail; /* "" where the kind has none */
};

/* On records of blocks or errors that are not there? */
bool note_is_gap(enum note_kind kind);
/* What its reader may want to do next, rather than something to know of the figures. */
bool note_is_hint(enum note_kind kind);
void note_free(struct note *note);
/* "BLOCKS": the same in each version of leakreport. */
const char *note_name(enum note_kind kind);

#endif
