#include "views/output.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/listener.h"
#include "base/memory.h"
#include "base/text_buffer.h"

/* A report may have a million lines; a terminal is to show each at once. */
static void output_make_wide(FILE *out)
{
    if (!isatty(fileno(out)))
        setvbuf(out, NULL, _IOFBF, 1 << 18);
}

/* --- streams ------------------------------------------------------------- */

static FILE *output_connect(const struct output *output, struct failure *failure)
{
    char option[32];

    snprintf(option, sizeof option, "--%s-socket", output->name);
    int fd = listener_connect(option, output->to->socket, failure);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (out)
        output_make_wide(out);
    return out;
}

/* A number of its own, which no program inherits: the descriptor itself may be the program's, too.
 */
static FILE *output_open_fd(const struct output *output, struct failure *failure)
{
    int fd = fcntl(output->to->fd, F_DUPFD_CLOEXEC, 3);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (out)
        output_make_wide(out);
    else
        failure_set(failure, "--%s-fd=%d cannot be written to: %s", output->name, output->to->fd,
                    strerror(errno));
    return out;
}

int output_init(struct output *output, const char *name, const struct destination *to, FILE *stream,
                struct failure *failure)
{
    *output = (struct output){.name = name, .to = to, .stream = stream};
    output->has_own_stream = to->is_fd || to->socket;
    if (to->is_fd)
        output->stream = output_open_fd(output, failure);
    else if (to->socket)
        output->stream = output_connect(output, failure);
    else
        output_make_wide(stream);
    return output->stream ? 0 : -1;
}

int output_descriptor(const struct output *output)
{
    return output->has_own_stream ? fileno(output->stream) : -1;
}

void output_free(struct output *output)
{
    intern_free(&output->begun);
    if (output->has_own_stream && output->stream)
        fclose(output->stream);
}

/* --- files --------------------------------------------------------------- */

static bool output_names_process(const char *pattern)
{
    for (; *pattern; pattern++) {
        if (pattern[0] == '%' && pattern[1] == 'p')
            return true;
        pattern += pattern[0] == '%' && pattern[1] == '%';
    }
    return false;
}

/* What stands at a "%": goes on to its last byte. */
static void output_add_format(struct text_buffer *name, const char **at, uint32_t pid)
{
    const char *end = (*at)[1] == 'q' ? strchr(*at, '}') : NULL;

    if (end) {
        char *variable = memory_text("%.*s", (int)(end - *at) - 3, *at + 3);
        const char *value = getenv(variable);

        text_buffer_add(name, value ? value : "");
        free(variable);
        *at = end;
        return;
    }
    if ((*at)[1] == 'p')
        text_buffer_format(name, "%u", pid);
    else
        text_buffer_add(name, (*at)[1] == 'n' ? "1" : "%"); /* a process has one file */
    *at += (*at)[1] != 0;
}

static char *output_name(const char *pattern, uint32_t pid)
{
    struct text_buffer name = {0};

    text_buffer_clear(&name);
    for (; *pattern; pattern++) {
        if (*pattern == '%')
            output_add_format(&name, &pattern, pid);
        else
            text_buffer_format(&name, "%c", *pattern);
    }
    return name.text;
}

/* The name that nothing was written to yet, where reports are documents: NAME, NAME.PID, NAME.PID.1
 * and so on. *known: it is not such a one. */
static char *output_choose_name(struct output *output, uint32_t pid, bool *known)
{
    char *base = output_name(output->to->file, pid), *name = memory_text("%s", base);

    for (unsigned i = 0;; i++) {
        uint32_t count = output->begun.count;

        *known = intern_put(&output->begun, name, strlen(name)) < count;
        if (!*known || !output->apart)
            break;
        free(name);
        name = i ? memory_text("%s.%u.%u", base, pid, i) : memory_text("%s.%u", base, pid);
    }
    free(base);
    return name;
}

static FILE *output_open_file(const struct output *output, const char *name, bool first,
                              struct failure *failure)
{
    FILE *out = fopen(name, first ? "we" : "ae");

    if (!out)
        failure_set(failure, "--%s-file: %s cannot be written: %s", output->name, name,
                    strerror(errno));
    else
        output_make_wide(out);
    return out;
}

/* --- reports ------------------------------------------------------------- */

FILE *output_open(struct output *output, uint32_t pid, bool *first, struct failure *failure)
{
    bool known = output->stream_begun;

    output->stream_begun = true;
    *first = !known;
    if (!output->to->file)
        return known && output->apart && output->to->socket ? output_connect(output, failure)
                                                            : output->stream;
    char *name = output_choose_name(output, pid, &known);
    FILE *out = output_open_file(output, name, !known, failure);

    *first = !known;
    free(name);
    return out;
}

char *output_latest(const struct output *output)
{
    size_t length;
    const char *name = intern_get(&output->begun, output->begun.count - 1, &length);

    return memory_text("%.*s", (int)length, name);
}

uint32_t output_count(const struct output *output)
{
    return output->to->file ? output->begun.count : output->stream_begun;
}

FILE *output_reopen(struct output *output, uint32_t number, struct failure *failure)
{
    size_t length;

    if (!output->to->file)
        return output->stream;
    const char *text = intern_get(&output->begun, number, &length);
    char *name = memory_text("%.*s", (int)length, text);
    FILE *out = output_open_file(output, name, false, failure);

    free(name);
    return out;
}

FILE *output_open_summary(struct output *output, struct failure *failure)
{
    bool first;

    if (output->to->file && output_names_process(output->to->file))
        return output->stream;
    return output_open(output, 0, &first, failure);
}

int output_close(struct output *output, FILE *out, struct failure *failure)
{
    return output_flush(out, out != output->stream, failure);
}

int output_flush(FILE *out, bool close, struct failure *failure)
{
    bool bad = ferror(out) != 0;

    if ((close ? fclose(out) : fflush(out)) != 0 || bad)
        return failure_set(failure, "the report could not be written: %s", strerror(errno));
    return 0;
}
