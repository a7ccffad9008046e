#include "symbols/generated_code.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/number_text.h"
#include "base/sorted.h"
#include "symbols/jitdump.h"

enum { GENERATED_NESTED_MAX = 4096 };

struct generated {
    uint64_t start, end;
    uint64_t reach; /* the highest end of this one and those before it */
    uint32_t order; /* of its line in the file */
    uint32_t length;
    const char *name;
    const struct jitdump_code *jitdump; /* NULL: it is of the map file */
};
struct generated_position {
    struct position position; /* first: what is given out */
    struct generated_position *next;
    char *text;
};
struct generated_code {
    struct generated *pieces; /* by start */
    size_t count, capacity;
    struct jitdump_code *jitdump;
    struct generated_position *positions;
    uint32_t lines; /* of the map file */
    uint64_t replaced;
};

/* --- the file ------------------------------------------------------------ */

/* false: the line is none of perf's. */
static bool generated_parse(struct generated *piece, const char *line, const char *end)
{
    char *after;
    uint64_t start = strtoull(line, &after, 16);
    uint64_t size = after > line && *after == ' ' ? strtoull(after + 1, &after, 16) : 0;

    if (size == 0 || *after != ' ' || after + 1 >= end || start + size < start)
        return false;
    *piece = (struct generated){.start = start,
                                .end = start + size,
                                .name = after + 1,
                                .length = (uint32_t)(end - after - 1)};
    return true;
}

static int generated_compare(const void *left, const void *right)
{
    const struct generated *a = left, *b = right;

    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

static void generated_sort(struct generated_code *code)
{
    uint64_t reach = 0;

    if (code->count)
        qsort(code->pieces, code->count, sizeof *code->pieces, generated_compare);
    for (size_t i = 0; i < code->count; i++) {
        reach = code->pieces[i].end > reach ? code->pieces[i].end : reach;
        code->pieces[i].reach = reach;
    }
}

struct generated_code *generated_code_new(const char *text)
{
    struct generated_code *code = memory_zeroed(1, sizeof *code);
    struct generated piece;

    for (; *text; code->lines++) {
        const char *end = text + strcspn(text, "\n");

        if (generated_parse(&piece, text, end)) {
            piece.order = code->lines;
            memory_reserve(code->pieces, code->count, code->capacity);
            code->pieces[code->count++] = piece;
        }
        text = *end ? end + 1 : end;
    }
    generated_sort(code);
    return code;
}

void generated_code_add_jitdump(struct generated_code *code, const char *records, size_t size)
{
    size_t count;

    code->jitdump = jitdump_read(records, size, &count);
    for (size_t i = 0; i < count; i++) {
        const struct jitdump_code *piece = &code->jitdump[i];

        memory_reserve(code->pieces, code->count, code->capacity);
        code->pieces[code->count++] = (struct generated){.start = piece->start,
                                                         .end = piece->start + piece->size,
                                                         .order = code->lines + piece->order,
                                                         .length = piece->length,
                                                         .name = piece->name,
                                                         .jitdump = piece};
    }
    generated_sort(code);
}

void generated_code_free(struct generated_code *code)
{
    if (!code)
        return;
    for (struct generated_position *at = code->positions, *next; at; at = next) {
        next = at->next;
        free(at->text);
        free(at);
    }
    free(code->pieces);
    free(code->jitdump);
    free(code);
}

/* --- names --------------------------------------------------------------- */

/* Where the source begins in "name /path/x.js:10:5": names have blanks ("get size"), and so may
 * paths have. */
static char *generated_source(char *text)
{
    static const char *const beginnings[] = {" /", " file:", " node:", " internal/", " [eval"};
    char *first = NULL;

    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        char *found = strstr(text, beginnings[i]);

        first = found && (!first || found < first) ? found : first;
    }
    return first ? first : strrchr(text, ' ');
}

/* Takes ":10" from the end. 0: there is none. */
static unsigned generated_take_number(char *text)
{
    char *colon = strrchr(text, ':');
    uint64_t number;

    if (!colon || !number_read(colon + 1, strlen(colon + 1), UINT32_MAX, &number))
        return 0;
    *colon = 0;
    return (unsigned)number;
}

static void generated_place(struct position *position, const char *path)
{
    const char *slash = strrchr(path, '/');

    position->path = path;
    position->file = slash && slash[1] ? slash + 1 : path;
}

/* V8 since node 20, and before. NULL: none of its functions. */
static char *generated_javascript(char *text)
{
    static const char *const kinds[] = {
        "JS:", "LazyCompile:", "InterpretedFunction:", "Function:", "Eval:", "Script:"};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(text, kinds[i], strlen(kinds[i])) == 0)
            return text + strlen(kinds[i]);
    return NULL;
}

static void generated_name_javascript(struct position *position, char *text)
{
    text += strspn(text, "~+^*");
    char *source = generated_source(text);

    if (source) {
        *source++ = 0;
        unsigned column = generated_take_number(source);
        position->line = generated_take_number(source);
        position->line = position->line ? position->line : column;
        generated_place(position, source);
    }
    position->function = *text ? text : "(anonymous)";
}

static void generated_name_python(struct position *position, char *text)
{
    char *colon = strchr(text, ':');

    if (colon) {
        *colon = 0;
        generated_place(position, colon + 1);
    }
    position->function = text;
}

/* A name has the line where its function begins, if any. V8 frees the path of a script before it
 * writes it behind a line: where the name has another one, what stands there may be anything. */
static void generated_name_line(struct position *position, const struct generated *piece,
                                uint64_t address)
{
    const char *path;
    unsigned line;

    if (!piece->jitdump || !jitdump_line(piece->jitdump, address, &path, &line) ||
        (position->path && strcmp(position->path, path) != 0))
        return;
    if (*path)
        generated_place(position, path);
    position->line = line;
}

static const struct position *generated_name(struct generated_code *code,
                                             const struct generated *piece, uint64_t address)
{
    struct generated_position *made = memory_zeroed(1, sizeof *made);
    char *text = made->text = memory_copy_bytes(piece->name, piece->length);

    made->next = code->positions;
    code->positions = made;
    made->position.function = text;
    char *javascript = generated_javascript(text);
    if (javascript)
        generated_name_javascript(&made->position, javascript);
    else if (strncmp(text, "py::", 4) == 0)
        generated_name_python(&made->position, text + 4);
    generated_name_line(&made->position, piece, address);
    made->position.linked = made->position.function;
    return &made->position;
}

/* --- addresses ----------------------------------------------------------- */

/* How many begin at the address or before. */
static size_t generated_before(const struct generated_code *code, uint64_t address)
{
    return sorted_until(code->pieces, code->count, start, address);
}

static bool generated_is_same(const struct generated *a, const struct generated *b)
{
    return a->length == b->length && memcmp(a->name, b->name, a->length) == 0;
}

const struct position *generated_code_find(struct generated_code *code, uint64_t address)
{
    const struct generated *found = NULL;
    bool replaced = false;

    size_t before = generated_before(code, address);

    /* Many pieces inside of one are no compiler's: a file that would take forever. */
    for (size_t i = before;
         i-- > 0 && code->pieces[i].reach > address && before - i < GENERATED_NESTED_MAX;) {
        const struct generated *piece = &code->pieces[i];

        if (piece->end <= address)
            continue;
        replaced = replaced || (found && !generated_is_same(found, piece));
        found = !found || piece->order > found->order ? piece : found;
    }
    code->replaced += replaced;
    return found ? generated_name(code, found, address) : NULL;
}

uint64_t generated_code_replaced(const struct generated_code *code)
{
    return code->replaced;
}
