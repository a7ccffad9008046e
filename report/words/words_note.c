#include "words/words_note.h"
#include "base/number_text.h"
#include "base/text_buffer.h"

static const char *words_note_argument(const struct note *note, char which,
                                       const struct number_text *number)
{
    return which == 'n' ? number->text : which == 's' ? note->subject : note->detail;
}

char *words_note(const struct note *note)
{
    static const char *const sentences[NOTE_KINDS_COUNT] = {
#define NOTE(name, gap, sentence) sentence,
#include "read/note.def"
    };
    const struct number_text number = number_text(note->number);
    struct text_buffer text = {0};

    text_buffer_clear(&text);
    for (const char *at = sentences[note->kind]; *at; at++) {
        if (*at == '$')
            text_buffer_add(&text, words_note_argument(note, *++at, &number));
        else
            text_buffer_format(&text, "%c", *at);
    }
    return text.text;
}
