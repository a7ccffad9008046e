#include <string.h>
#include "suppress/suppress_frame.h"
#include "suppress/suppress_glob.h"

/* How a name that is not known matches: as valgrind has it, so that fun:* takes any frame. */
#define UNKNOWN "???"

bool suppress_frame_is_below_main(const char *function)
{
    return strcmp(function, "_start") == 0 || strcmp(function, "__libc_start_main") == 0 ||
           strcmp(function, "__libc_start_call_main") == 0 ||
           strcmp(function, "generic_start_main") == 0;
}

/* valgrind keeps clone3 from glibc, which then calls clone; and its memalign does the work of some
 * others (3.19; later ones have names of their own). */
const char *suppress_frame_other_name(const char *function, size_t frame)
{
    if (strcmp(function, "clone3") == 0 || strcmp(function, "__clone3") == 0)
        return "clone";
    if (frame == 0 && (strcmp(function, "aligned_alloc") == 0 || strcmp(function, "valloc") == 0 ||
                       strcmp(function, "pvalloc") == 0))
        return "memalign";
    return suppress_frame_is_below_main(function) ? SUPPRESS_BELOW_MAIN : NULL;
}

static bool is_libcs(const char *object)
{
    static const char *const names[] = {"libc.so", "libc-", "ld-", "libpthread"};
    const char *slash = strrchr(object, '/');
    for (size_t i = 0; slash != NULL && i < sizeof names / sizeof *names; i++)
        if (strncmp(slash + 1, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* What starts a program's functions and is none of them. */
static bool is_start_code(const char *function, const char *object)
{
    static const char *const names[] = {"start_thread",    "clone",     "clone3",
                                        "__clone3",        "call_init", "call_init.part.0",
                                        "__libc_csu_init", "_dl_init",  "_dl_start_user"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(function, names[i]) == 0)
            return object != NULL && is_libcs(object);
    return suppress_frame_is_below_main(function) ||
           strncmp(function, "__libc_start_main@", 18) == 0;
}

static const char *ask(const char *(*question)(void *, size_t), const struct suppress_stack *stack,
                       size_t frame)
{
    const char *text = question != NULL ? question(stack->context, frame) : NULL;
    return text != NULL && *text != '\0' ? text : NULL;
}

static bool inlined_matches(const char *glob, const struct suppress_stack *stack, size_t frame)
{
    const char *name = ask(stack->inlined, stack, frame);
    return name != NULL &&
           (suppress_glob_matches(glob, name) || strcmp(glob, SUPPRESS_INLINED) == 0);
}

static bool linked_matches(const char *glob, const char *name, size_t frame)
{
    const char *other = suppress_frame_other_name(name, frame);
    return suppress_glob_matches(glob, name) ||
           (other != NULL && suppress_glob_matches(glob, other));
}

/* All names count, each looked at before the next is asked for. */
static bool function_matches(const char *glob, const struct suppress_stack *stack, size_t frame)
{
    const char *name = ask(stack->function, stack, frame);
    bool unknown = name == NULL;
    if ((name != NULL && linked_matches(glob, name, frame)) || inlined_matches(glob, stack, frame))
        return true;
    name = ask(stack->demangled, stack, frame);
    if (name != NULL)
        return suppress_glob_matches(glob, name);
    return unknown && suppress_glob_matches(glob, UNKNOWN);
}

static bool object_matches(const char *glob, const struct suppress_stack *stack, size_t frame)
{
    if (frame == 0 && strstr(glob, "vgpreload_") != NULL)
        return true;
    const char *path = ask(stack->object, stack, frame);
    return suppress_glob_matches(glob, path != NULL ? path : UNKNOWN);
}

/* By the whole path, and by the file's own name, which is all that valgrind knows. */
static bool file_matches(const char *glob, const char *path)
{
    const char *slash = strrchr(path, '/');
    return suppress_glob_matches(glob, path) ||
           (slash != NULL && suppress_glob_matches(glob, slash + 1));
}

static bool source_matches(const struct suppress_pattern *pattern,
                           const struct suppress_stack *stack, size_t frame)
{
    if (pattern->line != 0 &&
        (stack->line == NULL || stack->line(stack->context, frame) != pattern->line))
        return false;
    const char *path = ask(stack->file, stack, frame);
    return file_matches(pattern->glob, path != NULL ? path : UNKNOWN);
}

/* Each answer lasts until the next question only. */
static bool is_start_code_at(const struct suppress_stack *stack, size_t frame)
{
    char function[64] = "";
    const char *name = ask(stack->function, stack, frame);
    if (name == NULL || strlen(name) >= sizeof function)
        return false;
    strcpy(function, name);
    return is_start_code(function, ask(stack->object, stack, frame));
}

static bool any_name_matches(const char *glob, const struct suppress_stack *stack, size_t frame)
{
    const char *(*const questions[])(void *, size_t) = {stack->object, stack->function,
                                                        stack->demangled, stack->file};
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        const char *name = ask(questions[i], stack, frame);
        if (name != NULL && suppress_glob_matches_stars(glob, name))
            return !is_start_code_at(stack, frame);
    }
    return false;
}

bool suppress_frame_matches(const struct suppress_pattern *pattern,
                            const struct suppress_stack *stack, size_t frame)
{
    switch (pattern->kind) {
    case SUPPRESS_DOTS:
        return false;
    case SUPPRESS_FUNCTION:
        return function_matches(pattern->glob, stack, frame);
    case SUPPRESS_OBJECT:
        return object_matches(pattern->glob, stack, frame);
    case SUPPRESS_SOURCE:
        return source_matches(pattern, stack, frame);
    case SUPPRESS_ANY_NAME:
        return any_name_matches(pattern->glob, stack, frame);
    }
    return false;
}

int suppress_pattern_compare(const struct suppress_pattern *a, const struct suppress_pattern *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return strcmp(a->glob, b->glob);
}
