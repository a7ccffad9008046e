#include "views/output.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/text_buffer.h"

/* A report may have a million lines; a terminal is to show each at once. */
static void output_make_wide(FILE *out)
{
    if (!isatty(fileno(out)))
        setvbuf(out, NULL, _IOFBF, 1 << 18);
}

void output_init(struct output *output, const char *pattern, FILE *stream)
{
    output_make_wide(stream);
    *output = (struct output){.pattern = pattern, .stream = stream};
}

void output_free(struct output *output)
{
    intern_free(&output->begun);
}

static bool output_names_process(const char *pattern)
{
    for (; *pattern; pattern++) {
        if (pattern[0] == '%' && pattern[1] == 'p')
            return true;
        pattern += pattern[0] == '%' && pattern[1] == '%';
    }
    return false;
}

static char *output_name(const char *pattern, uint32_t pid)
{
    struct text_buffer name = {0};

    text_buffer_clear(&name);
    for (; *pattern; pattern++) {
        bool is_pid = pattern[0] == '%' && pattern[1] == 'p';

        if (is_pid)
            text_buffer_format(&name, "%u", pid);
        else
            text_buffer_format(&name, "%c", *pattern);
        pattern += is_pid || (pattern[0] == '%' && pattern[1] == '%');
    }
    return name.text;
}

static FILE *output_open_file(const char *name, bool first, struct failure *failure)
{
    FILE *out = fopen(name, first ? "we" : "ae");

    if (!out)
        failure_set(failure, "--log-file: %s cannot be written: %s", name, strerror(errno));
    else
        output_make_wide(out);
    return out;
}

FILE *output_open(struct output *output, uint32_t pid, bool *first, struct failure *failure)
{
    if (!output->pattern) {
        *first = !output->stream_begun;
        output->stream_begun = true;
        return output->stream;
    }
    char *name = output_name(output->pattern, pid);
    uint32_t known = output->begun.count;
    *first = intern_put(&output->begun, name, strlen(name)) >= known;
    FILE *out = output_open_file(name, *first, failure);

    free(name);
    return out;
}

uint32_t output_count(const struct output *output)
{
    return output->pattern ? output->begun.count : output->stream_begun;
}

FILE *output_reopen(struct output *output, uint32_t number, struct failure *failure)
{
    size_t length;

    if (!output->pattern)
        return output->stream;
    const char *text = intern_get(&output->begun, number, &length);
    char *name = memory_text("%.*s", (int)length, text);
    FILE *out = output_open_file(name, false, failure);

    free(name);
    return out;
}

FILE *output_open_summary(struct output *output, struct failure *failure)
{
    bool first;

    if (output->pattern && output_names_process(output->pattern))
        return output->stream;
    return output_open(output, 0, &first, failure);
}

int output_close(FILE *out, struct failure *failure)
{
    bool bad = ferror(out) != 0;

    if ((out == stdout || out == stderr ? fflush(out) : fclose(out)) != 0 || bad)
        return failure_set(failure, "the report could not be written: %s", strerror(errno));
    return 0;
}
