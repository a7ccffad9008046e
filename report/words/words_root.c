#include "words/words_root.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/text_buffer.h"

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
