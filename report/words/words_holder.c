#include "words/words_holder.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/number_text.h"
#include "base/text_buffer.h"
#include "judge/own_frame.h"

#define NUMBER(n) number_text(n).text

static const char *holder_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* --- roots --------------------------------------------------------------- */

static void holder_add_source(struct text_buffer *text, const struct model *model,
                              const struct root *root)
{
    if (root->file && root->line)
        text_buffer_format(text, " (%s:%u)", root->file, root->line);
    else if (root->module)
        text_buffer_format(text, " (in %s)", holder_base_name(model->modules[root->module].path));
}

static void holder_add_thread(struct text_buffer *text, const struct root *root)
{
    if (root->tid)
        text_buffer_format(text, " of thread %" PRIu32, root->tid);
    else
        text_buffer_add(text, " of a thread");
    if (root->thread[0])
        text_buffer_format(text, " \"%s\"", root->thread);
}

static void holder_add_function(struct text_buffer *text, const struct root *root)
{
    text_buffer_format(text, "%s", root->function ? root->function : "a function without a name");
    if (root->function && !strchr(root->function, '('))
        text_buffer_add(text, "()");
    if (root->file && root->line)
        text_buffer_format(text, " (%s:%u)", root->file, root->line);
}

static void holder_add_variable(struct text_buffer *text, const struct model *model,
                                const struct root *root, const char *member)
{
    bool of_thread = root->kind == ROOT_THREAD_LOCAL;

    if (of_thread)
        text_buffer_add(text, "thread-local variable");
    else
        text_buffer_add(text, root->is_static ? "static variable" : "global variable");
    text_buffer_format(text, " %s%s", root->name ? root->name : "without a name", member);
    holder_add_source(text, model, root);
    if (of_thread)
        holder_add_thread(text, root);
}

static void holder_add_frame(struct text_buffer *text, const struct root *root, const char *member)
{
    if (root->local)
        text_buffer_format(text, "local variable %s%s of ", root->local, member);
    else
        text_buffer_add(text, "frame of ");
    holder_add_function(text, root);
    holder_add_thread(text, root);
}

static void holder_add_stack(struct text_buffer *text, const struct root *root)
{
    text_buffer_add(text, "stack");
    holder_add_thread(text, root);
    if (root->function) {
        text_buffer_add(text, ", in a call that was made by ");
        holder_add_function(text, root);
    }
}

static void holder_add_register(struct text_buffer *text, const struct root *root)
{
    if (root->name)
        text_buffer_format(text, "register %s", root->name);
    else
        text_buffer_add(text, "a register");
    holder_add_thread(text, root);
    if (root->function) {
        text_buffer_add(text, " in ");
        holder_add_function(text, root);
    }
}

static void holder_add_key(struct text_buffer *text, const struct root *root)
{
    if (root->local)
        text_buffer_format(text, "pthread keys %" PRIu64 " to %" PRIu64, root->number,
                           root->number + 31);
    else
        text_buffer_format(text, "pthread key %" PRIu64, root->number);
    holder_add_thread(text, root);
}

static void holder_add_mapping(struct text_buffer *text, const struct root *root)
{
    static const char *const words[] = {[TRACE_MAPPED_PRIVATE] = "mapped memory",
                                        [TRACE_MAPPED_SHARED] = "shared memory",
                                        [TRACE_MAPPED_FILE] = "mapped file"};

    text_buffer_format(text, "%s at 0x%" PRIX64,
                       words[root->mapping <= TRACE_MAPPED_FILE ? root->mapping : 0], root->start);
}

static void holder_add_root(struct text_buffer *text, const struct model *model,
                            const struct root *root, const char *member)
{
    switch (root->kind) {
    case ROOT_VARIABLE:
    case ROOT_THREAD_LOCAL:
        holder_add_variable(text, model, root, member);
        break;
    case ROOT_DATA:
        text_buffer_format(text, "data of %s", holder_base_name(model->modules[root->module].path));
        break;
    case ROOT_FRAME:
        holder_add_frame(text, root, member);
        break;
    case ROOT_STACK:
        holder_add_stack(text, root);
        break;
    case ROOT_REGISTER:
        holder_add_register(text, root);
        break;
    case ROOT_VECTORS:
        text_buffer_add(text, "vector registers");
        holder_add_thread(text, root);
        break;
    case ROOT_KEY:
        holder_add_key(text, root);
        break;
    case ROOT_DESCRIPTOR:
        text_buffer_add(text, "what libc keeps");
        holder_add_thread(text, root);
        break;
    case ROOT_REGION:
        text_buffer_format(text, "memory at 0x%" PRIX64 " that the program has declared a root",
                           root->start);
        break;
    case ROOT_MAPPING:
        holder_add_mapping(text, root);
        break;
    case ROOT_LOADER:
        text_buffer_add(text, "the dynamic linker");
        break;
    case ROOT_IGNORED:
        text_buffer_add(text, "the program's word that it is no leak");
        break;
    default:
        text_buffer_format(text, "memory at 0x%" PRIX64 ", a stack or what was mapped",
                           root->start);
    }
}

char *words_root(const struct model *model, const struct root *root, bool with_place,
                 uint64_t offset)
{
    struct text_buffer text = {0};
    char *member = with_place ? root_names_member(root, offset) : memory_text("%s", "");

    holder_add_root(&text, model, root, member);
    free(member);
    return text.text;
}

/* --- blocks -------------------------------------------------------------- */

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

/* xmalloc, g_strdup, operator new: who calls them says more. */
static bool holder_is_allocator(const char *function)
{
    static const char *const parts[] = {"alloc", "strdup", "strndup", "operator new"};

    for (size_t i = 0; function && i < sizeof parts / sizeof *parts; i++)
        if (strstr(function, parts[i]))
            return true;
    return false;
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
        if (!holder_is_allocator(each.function)) {
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

    if (!own_frame(&line, options, model, stack, holder_folder()) || holder_is_systems(&line))
        holder_find_caller(&line, options, model, stack);
    if (!line.object)
        return memory_text("%s", "");
    if (line.file && line.function)
        return memory_text(" (%s, %s:%u)", line.function, line.file, line.number);
    return memory_text(" (%s, in %s)", line.function ? line.function : "???",
                       holder_base_name(line.object));
}

char *words_held_block(const struct options *options, const struct model *model, uint32_t block)
{
    char *place = words_stack_place(options, model, model->blocks[block].stack);
    char *text = memory_text("block of %s bytes%s", NUMBER(model->blocks[block].size), place);

    free(place);
    return text;
}

/* --- ways ---------------------------------------------------------------- */

static char *holder_step_name(const struct options *options, const struct holding *holding,
                              const struct way_step *step)
{
    const struct model *model = holding->model;
    char *place, *text;

    switch (step->kind) {
    case WAY_ROOT:
        return words_root(model, &holding->names.roots[step->number], step->goes_on, step->offset);
    case WAY_LOST:
        return memory_text("nothing: it is lost");
    case WAY_MORE:
        place = words_stack_place(options, model, model->blocks[step->number].stack);
        text = memory_text("%s more such blocks%s, each", NUMBER(step->count), place);
        free(place);
        return text;
    default:
        return words_held_block(options, model, step->number);
    }
}

/* Where no offset means anything: the block is one that a register names, say. */
static bool holder_has_offset(const struct holding *holding, const struct way_step *step)
{
    if (!step->goes_on)
        return false;
    if (step->kind != WAY_ROOT)
        return true;
    switch (holding->names.roots[step->number].kind) {
    case ROOT_VARIABLE:
    case ROOT_THREAD_LOCAL:
    case ROOT_DATA:
    case ROOT_FRAME:
    case ROOT_REGION:
    case ROOT_MAPPING:
        return true;
    default:
        return false;
    }
}

/* Where a pointer leads that is not to a block's start. */
static void holder_add_inside(struct text_buffer *text, uint64_t inside, const char *article)
{
    if (inside == GRAPH_INSIDE)
        text_buffer_format(text, "the middle of %s", article);
    else if (inside)
        text_buffer_format(text, "%s byte%s inside %s", NUMBER(inside), inside == 1 ? "" : "s",
                           article);
}

char *words_way_step(const struct options *options, const struct holding *holding,
                     const struct way_step *steps, uint32_t number)
{
    const struct way_step *step = &steps[number];
    uint64_t inside = number ? steps[number - 1].inside : 0;
    struct text_buffer text = {0};
    char *name = holder_step_name(options, holding, step);

    if (number)
        text_buffer_add(&text, "-> ");
    holder_add_inside(&text, inside, number && inside ? "a " : "");
    text_buffer_add(&text, name);
    if (holder_has_offset(holding, step))
        text_buffer_format(&text, " +%" PRIu64, step->offset);
    free(name);
    return text.text;
}

/* --- sentences ----------------------------------------------------------- */

char *words_holder_name(const struct options *options, const struct holding *holding,
                        enum holder_kind kind, const struct holder *holder)
{
    const struct model *model = holding->model;

    if (kind == HOLDER_ROOT)
        return words_root(model, &holding->names.roots[holder->number], false, 0);
    if (kind == HOLDER_BLOCK)
        return words_held_block(options, model, holder->number);
    char *place = words_stack_place(options, model, holder->number);
    char *text =
        memory_text("%s block%s%s", NUMBER(holder->own), holder->own == 1 ? "" : "s", place);
    free(place);
    return text;
}

char *words_holder(const struct options *options, const struct holding *holding,
                   enum holder_kind kind, const struct holder *holder)
{
    char *name = words_holder_name(options, holding, kind, holder);
    bool several = kind == HOLDER_STACK && holder->own != 1;
    char *text = memory_text("%s keep%s %s bytes in %s block%s", name, several ? "" : "s",
                             NUMBER(holder->kept.bytes), NUMBER(holder->kept.blocks),
                             holder->kept.blocks == 1 ? "" : "s");

    free(name);
    return text;
}

char *words_why(const struct why *why)
{
    if (why->blocks == 0)
        return memory_text("%s: no block that is in use fits it (a function, a module, an address "
                           "or the number of a loss record)",
                           why->asked);
    return memory_text("%s: %s byte%s in %s block%s", why->asked, NUMBER(why->bytes),
                       why->bytes == 1 ? "" : "s", NUMBER(why->blocks),
                       why->blocks == 1 ? "" : "s");
}

char *words_held_way(const struct held_way *way)
{
    return memory_text("%s byte%s in %s block%s %s held by", NUMBER(way->bytes),
                       way->bytes == 1 ? "" : "s", NUMBER(way->blocks), way->blocks == 1 ? "" : "s",
                       way->blocks == 1 ? "is" : "are");
}

/* --- cycles -------------------------------------------------------------- */

char *words_cycle(const struct cycle *cycle)
{
    return memory_text("%s lost cycle%s, %s bytes in %s block%s:", NUMBER(cycle->count),
                       cycle->count == 1 ? "" : "s", NUMBER(cycle->bytes), NUMBER(cycle->blocks),
                       cycle->blocks == 1 ? "" : "s");
}

char *words_cycle_step(const struct options *options, const struct model *model,
                       const struct cycle *cycle, uint32_t number)
{
    uint64_t inside = number ? cycle->steps[number - 1].inside : 0;
    struct text_buffer text = {0};

    if (number)
        text_buffer_add(&text, "-> ");
    holder_add_inside(&text, inside, "");
    if (number == cycle->step_count) {
        text_buffer_add(&text, cycle->step_count == 1 ? "itself" : "the first block");
        return text.text;
    }
    char *block = words_held_block(options, model, cycle->steps[number].block);
    text_buffer_format(&text, "%s%s +%" PRIu64, inside ? "a " : "", block,
                       cycle->steps[number].offset);
    free(block);
    return text.text;
}

char *words_cycle_end(const struct options *options, const struct model *model,
                      const struct cycle *cycle)
{
    if (cycle->members == cycle->step_count && cycle->ends_at != UINT32_MAX)
        return memory_text("%s", cycle->step_count == 1 ? "make this pointer weak"
                                                        : "make one of these pointers weak");
    if (cycle->ends_at == UINT32_MAX)
        return memory_text("%s blocks lead to one another: no single pointer ends it",
                           NUMBER(cycle->members));
    const struct cycle_step *step = &cycle->steps[cycle->ends_at];
    char *block = words_held_block(options, model, step->block);
    char *text = memory_text("%s blocks lead to one another: make the pointer at +%" PRIu64
                             " of the %s weak, which ends it alone",
                             NUMBER(cycle->members), step->offset, block);

    free(block);
    return text;
}
