#include "base/document.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/memory.h"

enum { DOCUMENT_DEPTH = 32 }; /* of arrays in one another: the stack's limit, too */

struct document {
    char *bytes; /* texts lie in it */
    size_t size;
    struct document_value root;
    struct document_value **arrays; /* that were made */
    size_t array_count, array_capacity;
};

struct document_reader {
    struct document *document;
    char *at;
    struct document_value *waiting; /* items of the arrays that are not complete */
    size_t waiting_count, waiting_capacity;
    unsigned depth;
};

static const struct document_value document_nothing;

/* --- texts --------------------------------------------------------------- */

static char *document_put_character(char *to, uint32_t character)
{
    if (character == 0)
        character = '?';
    if (character >= 0xd800 && character < 0xe000)
        character = 0xfffd;
    if (character < 0x80) {
        *to++ = (char)character;
    } else if (character < 0x800) {
        *to++ = (char)(0xc0 | character >> 6);
        *to++ = (char)(0x80 | (character & 63));
    } else if (character < 0x10000) {
        *to++ = (char)(0xe0 | character >> 12);
        *to++ = (char)(0x80 | (character >> 6 & 63));
        *to++ = (char)(0x80 | (character & 63));
    } else {
        *to++ = (char)(0xf0 | character >> 18);
        *to++ = (char)(0x80 | (character >> 12 & 63));
        *to++ = (char)(0x80 | (character >> 6 & 63));
        *to++ = (char)(0x80 | (character & 63));
    }
    return to;
}

/* Four hexadecimal digits; -1: they are not there. */
static int document_hex(const char *at)
{
    int value = 0;

    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef", *found;
        char c = (char)(at[i] >= 'A' && at[i] <= 'F' ? at[i] + 32 : at[i]);

        if (!c || (found = strchr(digits, c)) == NULL)
            return -1;
        value = value << 4 | (int)(found - digits);
    }
    return value;
}

/* Behind "\u". */
static bool document_unicode(struct document_reader *reader, char **to)
{
    int high = document_hex(reader->at), low;

    if (high < 0)
        return false;
    reader->at += 4;
    uint32_t character = (uint32_t)high;
    if (high >= 0xd800 && high < 0xdc00 && reader->at[0] == '\\' && reader->at[1] == 'u' &&
        (low = document_hex(reader->at + 2)) >= 0xdc00 && low < 0xe000) {
        character = 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
        reader->at += 6;
    }
    *to = document_put_character(*to, character);
    return true;
}

static bool document_escape(struct document_reader *reader, char **to)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char letter = *reader->at++;
    const char *found = letter ? strchr(letters, letter) : NULL;

    if (letter == 'u')
        return document_unicode(reader, to);
    if (!found)
        return false;
    *(*to)++ = meant[found - letters];
    return true;
}

/* In its place: no escape is shorter than what it stands for. */
static bool document_read_text(struct document_reader *reader, struct document_value *value)
{
    char *to = ++reader->at;

    *value = (struct document_value){.kind = DOCUMENT_TEXT, .text = to};
    while (*reader->at && *reader->at != '"') {
        if (*reader->at != '\\') {
            *to++ = *reader->at++;
            continue;
        }
        reader->at++;
        if (!document_escape(reader, &to))
            return false;
    }
    if (*reader->at != '"')
        return false;
    reader->at++;
    *to = '\0';
    return true;
}

/* --- values -------------------------------------------------------------- */

static bool document_read_value(struct document_reader *reader, struct document_value *value);

static void document_skip_blanks(struct document_reader *reader)
{
    reader->at += strspn(reader->at, " \t\r\n");
}

static bool document_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool document_read_number(struct document_reader *reader, struct document_value *value)
{
    bool minus = *reader->at == '-';
    uint64_t number = 0;

    reader->at += minus;
    if (!document_is_digit(*reader->at))
        return false;
    for (; document_is_digit(*reader->at); reader->at++)
        if (__builtin_mul_overflow(number, 10u, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*reader->at - '0'), &number))
            return false;
    reader->at += strspn(reader->at, ".0123456789eE+-");
    *value =
        (struct document_value){.kind = DOCUMENT_NUMBER, .number = minus ? 0 - number : number};
    return true;
}

static bool document_read_word(struct document_reader *reader, struct document_value *value)
{
    static const struct {
        const char *word;
        uint32_t kind;
        uint64_t number;
    } words[] = {
        {"null", DOCUMENT_NULL, 0}, {"true", DOCUMENT_BOOL, 1}, {"false", DOCUMENT_BOOL, 0}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i].word);

        if (strncmp(reader->at, words[i].word, length) != 0)
            continue;
        reader->at += length;
        *value = (struct document_value){.kind = words[i].kind, .number = words[i].number};
        return true;
    }
    return false;
}

static void document_keep(struct document_reader *reader, struct document_value item)
{
    memory_reserve(reader->waiting, reader->waiting_count, reader->waiting_capacity);
    reader->waiting[reader->waiting_count++] = item;
}

/* What waits from `first` on becomes an array of the document's. */
static const struct document_value *document_take(struct document_reader *reader, size_t first)
{
    struct document *document = reader->document;
    size_t count = reader->waiting_count - first;

    if (count == 0)
        return NULL;
    struct document_value *items = memory_resized(NULL, count, sizeof *items);
    memcpy(items, reader->waiting + first, count * sizeof *items);
    reader->waiting_count = first;
    memory_reserve(document->arrays, document->array_count, document->array_capacity);
    return document->arrays[document->array_count++] = items;
}

static bool document_read_name(struct document_reader *reader)
{
    struct document_value name;

    if (*reader->at != '"' || !document_read_text(reader, &name))
        return false;
    document_keep(reader, name);
    document_skip_blanks(reader);
    if (*reader->at++ != ':')
        return false;
    document_skip_blanks(reader);
    return true;
}

/* Behind its first bracket. */
static bool document_read_items(struct document_reader *reader, bool named, char end)
{
    struct document_value item;

    document_skip_blanks(reader);
    if (*reader->at == end)
        return true;
    for (;;) {
        if ((named && !document_read_name(reader)) || !document_read_value(reader, &item))
            return false;
        document_keep(reader, item);
        document_skip_blanks(reader);
        if (*reader->at != ',')
            return *reader->at == end;
        reader->at++;
        document_skip_blanks(reader);
    }
}

static bool document_read_array(struct document_reader *reader, struct document_value *value)
{
    bool named = *reader->at++ == '{';
    size_t first = reader->waiting_count;

    if (reader->depth == DOCUMENT_DEPTH)
        return false;
    reader->depth++;
    if (!document_read_items(reader, named, named ? '}' : ']'))
        return false;
    reader->depth--;
    reader->at++;
    size_t count = (reader->waiting_count - first) / (named ? 2 : 1);
    *value = (struct document_value){.kind = named ? DOCUMENT_OBJECT : DOCUMENT_ARRAY,
                                     .count = (uint32_t)count};
    value->items = document_take(reader, first);
    return count <= UINT32_MAX;
}

static bool document_read_value(struct document_reader *reader, struct document_value *value)
{
    switch (*reader->at) {
    case '{':
    case '[':
        return document_read_array(reader, value);
    case '"':
        return document_read_text(reader, value);
    case 't':
    case 'f':
    case 'n':
        return document_read_word(reader, value);
    default:
        return document_read_number(reader, value);
    }
}

/* --- files --------------------------------------------------------------- */

bool document_is(const char *path)
{
    struct stat status;
    char begin[64] = "";

    if (stat(path, &status) != 0)
        return false;
    if (!S_ISREG(status.st_mode))
        return S_ISFIFO(status.st_mode);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t length = read(fd, begin, sizeof begin - 1);
    close(fd);
    return length > 0 && begin[strspn(begin, " \t\r\n")] == '{';
}

static int document_load(struct document *document, int fd)
{
    size_t capacity = 1 << 16;
    ssize_t length;

    document->bytes = memory_resized(NULL, capacity, 1);
    while ((length = read(fd, document->bytes + document->size, capacity - document->size - 1)) >
           0) {
        document->size += (size_t)length;
        if (capacity - document->size < capacity / 4)
            document->bytes = memory_resized(document->bytes, capacity *= 2, 1);
    }
    document->bytes[document->size] = '\0';
    return length < 0 ? -1 : 0;
}

static int document_parse(struct document *document, const char *path, struct failure *failure)
{
    struct document_reader reader = {.document = document, .at = document->bytes};

    document_skip_blanks(&reader);
    bool is_whole = document_read_value(&reader, &document->root);
    if (is_whole)
        document_skip_blanks(&reader);
    free(reader.waiting);
    if (is_whole && reader.at == document->bytes + document->size)
        return 0;
    return failure_set(failure,
                       "%s is neither a log nor whole JSON: it cannot be read from byte %zu on",
                       path, (size_t)(reader.at - document->bytes));
}

struct document *document_read(const char *path, struct failure *failure)
{
    struct document *document = memory_zeroed(1, sizeof *document);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int result = fd < 0 ? -1 : document_load(document, fd);

    if (result != 0)
        failure_set(failure, "%s cannot be read: %m", path);
    if (fd >= 0)
        close(fd);
    if (result == 0)
        result = document_parse(document, path, failure);
    if (result == 0)
        return document;
    document_free(document);
    return NULL;
}

void document_free(struct document *document)
{
    if (!document)
        return;
    for (size_t i = 0; i < document->array_count; i++)
        free(document->arrays[i]);
    free(document->arrays);
    free(document->bytes);
    free(document);
}

/* --- looking into it ----------------------------------------------------- */

const struct document_value *document_root(const struct document *document)
{
    return &document->root;
}

const struct document_value *document_member(const struct document_value *object, const char *name)
{
    uint32_t count = object && object->kind == DOCUMENT_OBJECT ? object->count : 0;

    for (uint32_t i = 0; i < count; i++)
        if (strcmp(object->items[2 * (size_t)i].text, name) == 0)
            return &object->items[2 * (size_t)i + 1];
    return &document_nothing;
}

uint32_t document_count(const struct document_value *array)
{
    return array && array->kind == DOCUMENT_ARRAY ? array->count : 0;
}

const struct document_value *document_item(const struct document_value *array, uint32_t number)
{
    return number < document_count(array) ? &array->items[number] : &document_nothing;
}

uint64_t document_number(const struct document_value *value)
{
    return value && (value->kind == DOCUMENT_NUMBER || value->kind == DOCUMENT_BOOL) ? value->number
                                                                                     : 0;
}

const char *document_text(const struct document_value *value)
{
    return value && value->kind == DOCUMENT_TEXT ? value->text : "";
}

uint64_t document_at(const struct document_value *array, uint64_t number)
{
    return number < document_count(array) ? document_number(document_item(array, (uint32_t)number))
                                          : 0;
}
