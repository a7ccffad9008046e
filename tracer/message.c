#include "message.h"

#include "descriptor.h"
#include "sys.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#define LINE_MAX_BYTES 8192

static struct {
    bool known; /* standard error was open at the start */
    dev_t device;
    ino_t inode;
    const char *path; /* or NULL: standard error */
    bool begun;       /* the file was made anew */
} target;

static bool leads_to_target(int fd)
{
    struct stat status;
    return target.known && fd >= 0 && sys_fstat(fd, &status) == 0 &&
           status.st_dev == target.device && status.st_ino == target.inode;
}

void message_begin(void)
{
    struct stat status;
    target.known = sys_fstat(2, &status) == 0;
    target.device = status.st_dev;
    target.inode = status.st_ino;
    /* A descriptor of its own: coreutils close theirs before the end. */
    if (target.known)
        descriptor_keep(DESCRIPTOR_WORDS, 2, false);
}

void message_forget(void)
{
    descriptor_let_go(DESCRIPTOR_WORDS);
    target.known = false;
}

void message_forked(void)
{
    descriptor_let_go(DESCRIPTOR_WORDS);
}

void message_to_file(const char *path)
{
    target.path = path;
    target.begun = false;
    descriptor_let_go(DESCRIPTOR_WORDS);
}

struct text {
    char *buffer;
    size_t size;
    size_t used;
};

static void put_char(struct text *text, char character)
{
    if (text->used + 1 < text->size)
        text->buffer[text->used++] = character;
}

static void put_string(struct text *text, const char *string)
{
    while (*string)
        put_char(text, *string++);
}

static void put_number(struct text *text, uint64_t value, unsigned base, bool commas)
{
    char digits[32];
    size_t count = 0;
    unsigned places = 0;
    do {
        if (commas && places > 0 && places % 3 == 0)
            digits[count++] = ',';
        digits[count++] = "0123456789ABCDEF"[value % base];
        value /= base;
        places++;
    } while (value > 0);
    while (count > 0)
        put_char(text, digits[--count]);
}

static void put_signed(struct text *text, int64_t value)
{
    if (value < 0)
        put_char(text, '-');
    put_number(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10, false);
}

static void put_format(struct text *text, const char *format, va_list arguments)
{
    for (; *format; format++) {
        if (*format != '%') {
            put_char(text, *format);
            continue;
        }
        switch (*++format) {
        case 's':
            put_string(text, va_arg(arguments, const char *));
            break;
        case 'u':
            put_number(text, va_arg(arguments, uint64_t), 10, true);
            break;
        case 'x':
            put_number(text, va_arg(arguments, uint64_t), 16, false);
            break;
        case 'd':
            put_signed(text, va_arg(arguments, int64_t));
            break;
        default:
            put_char(text, *format);
        }
    }
    text->buffer[text->used] = '\0';
}

size_t message_format(char *buffer, size_t size, const char *format, ...)
{
    struct text text = {buffer, size, 0};
    va_list arguments;
    va_start(arguments, format);
    put_format(&text, format, arguments);
    va_end(arguments);
    return text.used;
}

/* The descriptor to write to; -1: what was standard error is closed, or the program has taken its
 * number for something else. */
static int standard_error(void)
{
    struct stat status;
    int kept = descriptor_of(DESCRIPTOR_WORDS);
    if (kept >= 0)
        return kept;
    /* Locked in, so that nobody can say: its number is out of the program's way. */
    kept = descriptor_last_known(DESCRIPTOR_WORDS);
    if (kept >= 0 && sys_fstat(kept, &status) == -EPERM)
        return kept;
    return leads_to_target(2) ? 2 : -1;
}

static void write_to_file(const char *line, size_t length);

static void write_to_standard_error(const char *line, size_t length)
{
    int fd = standard_error();
    if (fd >= 0)
        sys_write_unsignalled(fd, line, length);
}

void message_make_file(void)
{
    if (target.path && !target.begun)
        write_to_file("", 0);
}

static void write_to_file(const char *line, size_t length)
{
    int flags = O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | (target.begun ? 0 : O_TRUNC);
    long fd = sys_open(target.path, flags, 0666);
    if (fd < 0) {
        /* Said where it can be seen, and so is everything else from here on. */
        const char *path = target.path;
        target.path = NULL;
        message_line("libtrace: cannot write --log-file=%s: %s; it goes to standard error", path,
                     sys_error_text(fd));
        write_to_standard_error(line, length);
        return;
    }
    target.begun = true;
    sys_write_unsignalled((int)fd, line, length);
    sys_close((int)fd);
}

void message_line(const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    struct text text = {line, sizeof line - 1, 0};
    va_list arguments;
    put_string(&text, "==");
    put_number(&text, (uint64_t)sys_getpid(), 10, false);
    put_string(&text, "== ");
    va_start(arguments, format);
    put_format(&text, format, arguments);
    va_end(arguments);
    line[text.used++] = '\n';
    if (target.path)
        write_to_file(line, text.used);
    else
        write_to_standard_error(line, text.used);
}
