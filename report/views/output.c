#include "views/output.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
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

FILE *output_open(struct output *output, uint32_t pid, struct failure *failure)
{
    if (!output->pattern)
        return output->stream;
    char *name = output_name(output->pattern, pid);
    uint32_t known = output->begun.count;
    bool begun = intern_put(&output->begun, name, strlen(name)) < known;
    FILE *out = fopen(name, begun ? "ae" : "we");

    if (!out)
        failure_set(failure, "--log-file: %s cannot be written: %s", name, strerror(errno));
    else
        output_make_wide(out);
    free(name);
    return out;
}

FILE *output_open_summary(struct output *output, struct failure *failure)
{
    if (output->pattern && output_names_process(output->pattern))
        return output->stream;
    return output_open(output, 0, failure);
}

int output_close(FILE *out, struct failure *failure)
{
    bool bad = ferror(out) != 0;

    if ((out == stdout || out == stderr ? fflush(out) : fclose(out)) != 0 || bad)
        return failure_set(failure, "the report could not be written: %s", strerror(errno));
    return 0;
}
