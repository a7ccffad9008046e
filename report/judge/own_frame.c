#include "judge/own_frame.h"
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
