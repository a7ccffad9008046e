#include "words/words_block.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/number_text.h"
#include "base/short_name.h"
#include "judge/own_frame.h"
#include "judge/types/block_types.h"

#define NUMBER(n) number_text(n).text

static const char *holder_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* --- places -------------------------------------------------------------- */

/* leakreport's own folder: where the user's sources are likely to be. */
static const char *holder_folder(void)
{
    static char folder[4096];

    if (!folder[0] && !getcwd(folder, sizeof folder))
        return "/";
    return folder;
}

static bool holder_is_systems(const struct shown_line *line)
{
    const char *path = line->position && line->position->path ? line->position->path : "";

    return strncmp(path, "/usr/", 5) == 0 || path[0] != '/' || strstr(path, "/csu/");
}

/* Without sources: the innermost function that allocates for itself. */
static void holder_find_caller(struct shown_line *line, const struct options *options,
                               const struct model *model, uint32_t stack)
{
    struct shown_stack shown;
    struct shown_line each, first = {0};

    shown_stack_begin(&shown, options, model, stack);
    while (shown_stack_next(&shown, &each)) {
        if (model->tracer && each.object && strcmp(each.object, model->tracer) == 0)
            continue;
        if (!first.object)
            first = each;
        if (!own_frame_is_allocator(each.function)) {
            *line = each;
            return;
        }
    }
    if (first.object)
        *line = first;
}

char *words_stack_place(const struct options *options, const struct model *model, uint32_t stack)
{
    struct shown_line line;

    if (!own_frame(&line, options, model, stack, holder_folder()) || holder_is_systems(&line) ||
        own_frame_is_allocator(line.function))
        holder_find_caller(&line, options, model, stack);
    if (!line.object)
        return memory_text("%s", "");
    if (line.file && line.function)
        return memory_text(" (%s, %s:%u)", line.function, line.file, line.number);
    return memory_text(" (%s, in %s)", line.function ? line.function : "???",
                       holder_base_name(line.object));
}

/* ", Session", ", 12 of Entry", or "". */
static char *holder_type(const struct options *options, const struct model *model, uint32_t block)
{
    struct block_type type;

    if (!block_types_of(model->types, block, &type))
        return memory_text("%s", "");
    char *name = options->full_names ? memory_text("%s", type.name) : short_name(type.name);
    bool is_bytes = type.count == model->blocks[block].size;
    char *text = type.count > 1 && !is_bytes ? memory_text(", %s of %s", NUMBER(type.count), name)
                                             : memory_text(", %s", name);
    free(name);
    return text;
}

/* "Session::timer", or NULL. */
char *words_block_member(const struct options *options, const struct model *model, uint32_t block,
                         uint64_t offset)
{
    char *whole = block_types_place(model->types, block, offset);

    if (!whole || options->full_names)
        return whole;
    char *text = short_name(whole);
    free(whole);
    return text;
}

char *words_held_block(const struct options *options, const struct model *model, uint32_t block)
{
    char *place = words_stack_place(options, model, model->blocks[block].stack);
    char *type = holder_type(options, model, block);
    char *text =
        memory_text("block of %s bytes%s%s", NUMBER(model->blocks[block].size), type, place);

    free(place);
    free(type);
    return text;
}

/* With what lies at the offset: ", Session::timer". */
char *words_block_at(const struct options *options, const struct model *model, uint32_t block,
                     uint64_t offset)
{
    char *at = words_block_member(options, model, block, offset);

    if (!at)
        return words_held_block(options, model, block);
    char *place = words_stack_place(options, model, model->blocks[block].stack);
    char *text =
        memory_text("block of %s bytes, %s%s", NUMBER(model->blocks[block].size), at, place);
    free(place);
    free(at);
    return text;
}
