#include "events/named.h"

#include "events/marked.h"
#include "log/trace_log.h"

#include <string.h>

/* Texts stay, also of names that ended. */
#define NAME_BYTES_MAX  256u
#define NAMES_BYTES_MAX (1u << 20)

static struct trace_name *names;
static uint32_t text_bytes;

static bool begin_table(void)
{
    if (!names)
        names = trace_log_extend(TRACE_NAMES, 0, TRACE_NAMES_MAX * sizeof *names, 0);
    return names != NULL;
}

static bool is_same_text(const struct trace_string *string, const char *text, uint32_t length)
{
    return string->length == length &&
           memcmp(chunk_table_at(&trace_log_strings, string->offset), text, length) == 0;
}

/* Most programs give a few names to many things. */
static struct trace_string text_of(const char *text)
{
    uint32_t length = (uint32_t)strnlen(text, NAME_BYTES_MAX);
    for (unsigned i = 0; i < TRACE_NAMES_MAX; i++)
        if (names[i].name.length && is_same_text(&names[i].name, text, length))
            return names[i].name;
    if (text_bytes + length > NAMES_BYTES_MAX)
        return (struct trace_string){0};
    text_bytes += length;
    return trace_log_add_string(text, length);
}

static bool is_over(const struct trace_name *name)
{
    struct block block;
    return !name->begin || (!name->size && (!block_table_find(name->begin, &block) ||
                                            !marked_is(&block, TRACE_STACK_NAMED)));
}

/* Where it stands, or is to stand; NULL: no space. Regions may be named twice. */
static struct trace_name *place_of(uint64_t begin, uint64_t size)
{
    for (unsigned i = 0; i < TRACE_NAMES_MAX && !size; i++)
        if (names[i].begin == begin && !names[i].size)
            return &names[i];
    for (unsigned i = 0; i < TRACE_NAMES_MAX; i++)
        if (is_over(&names[i]))
            return &names[i];
    return NULL;
}

static bool put(uint64_t begin, uint64_t size, const struct named *what)
{
    struct trace_string text = text_of(what->name);
    struct trace_name *place = text.length ? place_of(begin, size) : NULL;
    if (!place)
        return false;
    /* A reader that comes meanwhile finds no name. */
    __atomic_store_n(&place->begin, 0, __ATOMIC_RELEASE);
    place->size = size;
    place->name = text;
    __atomic_store_n(&place->begin, begin, __ATOMIC_RELEASE);
    if (what->number)
        *what->number = (uint32_t)(place - names) + 1;
    return true;
}

bool named_put(const void *argument)
{
    const struct named *what = argument;
    struct block block;
    if (!what->begin || !what->name || !*what->name || !begin_table())
        return false;
    if (what->size)
        return put(what->begin, what->size, what);
    return marked_block(what->begin, TRACE_STACK_NAMED, &block) && put(block.address, 0, what);
}

bool named_forget(const void *number)
{
    uint32_t place = *(const uint32_t *)number - 1;
    if (!names || place >= TRACE_NAMES_MAX || !names[place].size || !names[place].begin)
        return false;
    __atomic_store_n(&names[place].begin, 0, __ATOMIC_RELEASE);
    return true;
}
