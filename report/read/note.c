#include "read/note.h"
#include <stdlib.h>

bool note_is_gap(enum note_kind kind)
{
    static const bool gaps[NOTE_KINDS_COUNT] = {
#define NOTE(name, gap, sentence) gap,
#include "read/note.def"
    };

    return gaps[kind];
}

bool note_is_hint(enum note_kind kind)
{
    static const bool hints[NOTE_KINDS_COUNT] = {
#define NOTE(name, gap, sentence) false,
#define HINT(name, sentence)      true,
#include "read/note.def"
    };

    return hints[kind];
}

void note_free(struct note *note)
{
    free(note->subject);
    free(note->detail);
}

const char *note_name(enum note_kind kind)
{
    static const char *const names[NOTE_KINDS_COUNT] = {
#define NOTE(name, gap, sentence) #name,
#include "read/note.def"
    };

    return names[kind];
}
