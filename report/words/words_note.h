/* words_note.h: a note's sentence, in English. */
#ifndef WORDS_NOTE_H
#define WORDS_NOTE_H

#include "read/note.h"

/* The caller's to free. */
char *words_note(const struct note *note);

#endif
