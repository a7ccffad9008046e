#include "os/message.h"

#include "os/descriptor.h"
#include "os/sys.h"

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

static long open_file(int flags)
{
    return sys_open(target.path, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | flags, 0666);
}

/* Opened now and kept: later the program may have locked itself in, or have another root. */
void message_to_file(const char *path, bool goes_on)
{
    target.path = path;
    descriptor_let_go(DESCRIPTOR_WORDS);
    long fd = open_file(goes_on ? 0 : O_TRUNC);
    if (!sys_is_error(fd)) {
        descriptor_keep(DESCRIPTOR_WORDS, (int)fd, true);
        return;
    }
    target.path = NULL;
    message_line("libtrace: cannot write --log-file=%s: %s; it goes to standard error", path,
                 sys_error_text(fd));
}

void message_to_open_file(const char *path, int fd)
{
    target.path = path;
    descriptor_let_go(DESCRIPTOR_WORDS);
    descriptor_keep(DESCRIPTOR_WORDS, fd, true);
}

int message_descriptor(void)
{
    return target.path ? descriptor_of(DESCRIPTOR_WORDS) : -1;
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
    unsigned written = 0;
    do {
        if (commas && written > 0 && written % 3 == 0)
            digits[count++] = ',';
        digits[count++] = "0123456789ABCDEF"[value % base];
        value /= base;
        written++;
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

/* The descriptor that is kept; -1: it is closed, or the program has taken its number for something
 * else. */
static int kept_descriptor(void)
{
    struct stat status;
    int kept = descriptor_of(DESCRIPTOR_WORDS);
    if (kept >= 0)
        return kept;
    /* Locked in, so that nobody can say: its number is out of the program's way. */
    kept = descriptor_last_known(DESCRIPTOR_WORDS);
    return kept >= 0 && sys_fstat(kept, &status) == -EPERM ? kept : -1;
}

static void write_to_standard_error(const char *line, size_t length)
{
    int fd = kept_descriptor();
    if (fd < 0 && leads_to_target(2))
        fd = 2;
    if (fd >= 0)
        sys_write_unsignalled(fd, line, length);
}

/* What cannot be written there goes nowhere: standard error is the program's. */
static void write_to_file(const char *line, size_t length)
{
    int fd = kept_descriptor();
    long opened = fd < 0 ? open_file(0) : -EBADF;
    if (!sys_is_error(opened))
        fd = (int)opened;
    if (fd >= 0)
        sys_write_unsignalled(fd, line, length);
    if (!sys_is_error(opened))
        sys_close(fd);
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
