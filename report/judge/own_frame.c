#include "judge/own_frame.h"
#include <ctype.h>
#include <string.h>

enum own_rank { OWN_NOBODY, OWN_TRACER, OWN_NAMELESS, OWN_SYSTEM, OWN_ELSEWHERE, OWN_BELOW_ROOT };

static bool own_is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);

    while (length && folder[length - 1] == '/')
        length--;
    return strncmp(path, folder, length) == 0 && path[length] == '/';
}

static bool own_is_system(const char *path)
{
    static const char *const folders[] = {"/usr", "/lib", "/lib64", "/rustc"};

    if (strncmp(path, "/usr/src/rustc", 14) == 0)
        return true;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (own_is_below(path, folders[i]) && !own_is_below(path, "/usr/local") &&
            !own_is_below(path, "/usr/src"))
            return true;
    return false;
}

static enum own_rank own_rank(const struct model *model, const struct shown_line *line,
                              const char *root)
{
    if (model->tracer && strcmp(line->object, model->tracer) == 0)
        return OWN_TRACER;
    if (!line->file)
        return OWN_NAMELESS;
    if (own_is_below(line->position->path, root))
        return OWN_BELOW_ROOT;
    return own_is_system(line->object) || own_is_system(line->position->path) ? OWN_SYSTEM
                                                                              : OWN_ELSEWHERE;
}

bool own_frame(struct shown_line *line, const struct options *options, const struct model *model,
               uint32_t stack, const char *root)
{
    enum own_rank best = OWN_NOBODY;
    struct shown_stack shown;
    struct shown_line each;

    memset(line, 0, sizeof *line);
    shown_stack_begin(&shown, options, model, stack);
    while (shown_stack_next(&shown, &each)) {
        enum own_rank rank = own_rank(model, &each, root);

        if (rank > best) {
            best = rank;
            *line = each;
        }
    }
    return best >= OWN_SYSTEM;
}

bool own_frame_is_allocator(const char *function)
{
    static const char *const parts[] = {"alloc", "strdup", "strndup", "operator new"};

    for (size_t i = 0; function && i < sizeof parts / sizeof *parts; i++)
        if (strstr(function, parts[i]))
            return true;
    return false;
}

/* --- wrappers ------------------------------------------------------------- */

/* The name without its arguments, in small letters, without what is in front and behind: NULL: it
 * is too long for a wrapper's. */
static const char *own_bare_name(const char *function, char bare[64])
{
    static const char *const ends[] = {"_usable", "_array", "_num", "_n", "0"};
    size_t length = 0;

    while (*function == '_')
        function++;
    for (; function[length] && !strchr("(.@<", function[length]); length++) {
        if (length == 63)
            return NULL;
        bare[length] = (char)tolower((unsigned char)function[length]);
    }
    bare[length] = '\0';
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = strlen(ends[i]);

        if (length > end && strcmp(bare + length - end, ends[i]) == 0) {
            bare[length - end] = '\0';
            break;
        }
    }
    return bare;
}

static bool own_is_one_of(const char *text, size_t length, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == length && strncmp(text, *words, length) == 0)
            return true;
    return false;
}

/* "x", "ztry", "em": with a word and "_" before it, if it may have one. */
static bool own_is_prefix(const char *text, size_t length, bool with_word)
{
    static const char *const prefixes[] = {"",     "x",     "z",   "g",    "em", "ck",
                                           "safe", "safe_", "try", "ztry", NULL};
    const char *behind = memchr(text, '_', length);

    if (own_is_one_of(text, length, prefixes))
        return true;
    if (!with_word || !behind || behind == text)
        return false;
    behind++;
    return own_is_one_of(behind, length - (size_t)(behind - text), prefixes);
}

/* What only its caller knows the use of. One that is called "session_alloc" knows it. */
bool own_frame_is_wrapper(const char *function)
{
    static const char *const names[] = {"malloc",  "calloc", "realloc", "strdup",
                                        "strndup", "memdup", "alloc"};
    char buffer[64];
    const char *bare = function ? own_bare_name(function, buffer) : NULL;

    for (size_t i = 0; bare && i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i]), whole = strlen(bare);

        if (whole >= length && strcmp(bare + whole - length, names[i]) == 0 &&
            own_is_prefix(bare, whole - length, strcmp(names[i], "alloc") != 0))
            return true;
    }
    return false;
}
