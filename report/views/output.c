#include "views/output.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/listener.h"
#include "base/memory.h"
#include "base/text_buffer.h"
#include "base/whole_file.h"

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

/* -1 */
static int output_refuse(const struct output *output, const char *name, struct failure *failure)
{
    return failure_set(failure, "%s: %s cannot be written: %s", output->to->option, name,
                       strerror(errno));
}

int output_init(struct output *output, const char *name, const struct destination *to, FILE *stream,
                struct failure *failure)
{
    *output = (struct output){.name = name, .to = to, .stream = stream};
    output->has_own_stream = to->is_fd || to->socket;
    if (to->file && !strchr(to->file, '%') && whole_file_check(to->file) != 0)
        return output_refuse(output, to->file, failure);
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
    for (uint32_t i = 0; i < output->files_count; i++)
        whole_file_forget(output->files[i]);
    free(output->files);
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
 * and so on. Its number; *known: it is not such a one. */
static uint32_t output_choose_name(struct output *output, uint32_t pid, bool *known)
{
    char *base = output_name(output->to->file, pid), *name = memory_text("%s", base);
    uint32_t number;

    for (unsigned i = 0;; i++) {
        uint32_t count = output->begun.count;

        number = intern_put(&output->begun, name, strlen(name));
        *known = number < count;
        if (!*known || !output->apart)
            break;
        free(name);
        name = i ? memory_text("%s.%u.%u", base, pid, i) : memory_text("%s.%u", base, pid);
    }
    free(name);
    free(base);
    return number;
}

static char *output_name_of(const struct output *output, uint32_t number)
{
    size_t length;
    const char *name = intern_get(&output->begun, number, &length);

    return memory_text("%.*s", (int)length, name);
}

/* Room for all that are begun. */
static struct whole_file **output_file(struct output *output, uint32_t number)
{
    uint32_t count = output->begun.count;

    if (output->files_count < count) {
        output->files = memory_resized(output->files, count, sizeof *output->files);
        while (output->files_count < count)
            output->files[output->files_count++] = NULL;
    }
    return &output->files[number];
}

/* NULL with errno. */
static FILE *output_add_to(struct output *output, uint32_t number, const char *name, bool first)
{
    struct whole_file **file = output_file(output, number);

    if (output->is_log)
        return fopen(name, first ? "we" : "ae");
    if (!*file)
        *file = whole_file_begin(name);
    output->open = *file;
    return *file ? whole_file_open(*file) : NULL;
}

static FILE *output_open_file(struct output *output, uint32_t number, bool first,
                              struct failure *failure)
{
    char *name = output_name_of(output, number);
    FILE *out = output_add_to(output, number, name, first);

    if (out)
        output_make_wide(out);
    else
        output_refuse(output, name, failure);
    free(name);
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
    uint32_t number = output_choose_name(output, pid, &known);

    *first = !known;
    return output_open_file(output, number, !known, failure);
}

char *output_latest(const struct output *output)
{
    return output_name_of(output, output->begun.count - 1);
}

uint32_t output_count(const struct output *output)
{
    return output->to->file ? output->begun.count : output->stream_begun;
}

FILE *output_reopen(struct output *output, uint32_t number, struct failure *failure)
{
    return output->to->file ? output_open_file(output, number, false, failure) : output->stream;
}

FILE *output_open_summary(struct output *output, struct failure *failure)
{
    bool first;

    if (output->to->file && output_names_process(output->to->file))
        return output->stream;
    return output_open(output, 0, &first, failure);
}

static int output_say_unwritten(struct failure *failure)
{
    return failure_set(failure, "the report could not be written: %s", strerror(errno));
}

int output_close(struct output *output, FILE *out, struct failure *failure)
{
    struct whole_file *file = output->open;

    output->open = NULL;
    if (!file || out == output->stream)
        return output_flush(out, out != output->stream, failure);
    return whole_file_close(file, out) == 0 ? 0 : output_say_unwritten(failure);
}

int output_finish(struct output *output, struct failure *failure)
{
    int result = 0;

    for (uint32_t i = 0; i < output->files_count; i++) {
        struct whole_file *file = output->files[i];

        output->files[i] = NULL;
        if (!file || whole_file_finish(file) == 0)
            continue;
        char *name = output_name_of(output, i);

        result = output_refuse(output, name, failure);
        free(name);
    }
    return result;
}

int output_flush(FILE *out, bool close, struct failure *failure)
{
    bool bad = ferror(out) != 0;
    bool failed = (close ? fclose(out) : fflush(out)) != 0 || bad;

    return failed ? output_say_unwritten(failure) : 0;
}
