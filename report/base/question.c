#include "base/question.h"

bool question_begin(struct question *question)
{
    question->in = fopen("/dev/tty", "re");
    question->out = fopen("/dev/tty", "we");
    if (question->in && question->out)
        return true;
    question_end(question);
    return false;
}

void question_end(struct question *question)
{
    if (question->in)
        fclose(question->in);
    if (question->out)
        fclose(question->out);
    *question = (struct question){NULL, NULL};
}

/* The first byte of the next line; a line of more than one is no answer. 0: there is none. */
static int question_read(FILE *in)
{
    int first = getc(in), last = first, length = 0;

    for (; last != '\n' && last != EOF; last = getc(in))
        length++;
    return last == EOF ? 0 : length > 1 ? '?' : first;
}

bool question_ask(struct question *question, const char *text)
{
    while (question->in) {
        fputs(text, question->out);
        fflush(question->out);
        switch (question_read(question->in)) {
        case 'Y':
        case 'y':
            return true;
        case 'N':
        case 'n':
        case '\n':
            return false;
        case 'C':
        case 'c':
        case 0:
            question_end(question);
            return false;
        default:
            break;
        }
    }
    return false;
}
