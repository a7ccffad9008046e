#include "symbols/symbolize.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "symbols/below_main.h"
#include "symbols/generated_code.h"
#include "symbols/build_id.h"

struct symbolizer {
    struct model *model;
    struct module_cache *cache;
    struct progress *progress;
    struct generated_code *generated; /* NULL: there is none */
    struct module_symbols **opened;   /* one for each module; NULL: not asked for yet */
    uint32_t module_count;            /* those that were added later are another log's */
    uint32_t done;                    /* frames that have their names */
    bool below_main;
};

struct symbolizer *symbolize_begin(struct model *model, struct module_cache *cache,
                                   struct progress *progress)
{
    struct symbolizer *symbolizer = memory_zeroed(1, sizeof *symbolizer);

    symbolizer->model = model;
    symbolizer->cache = cache;
    symbolizer->progress = progress;
    symbolizer->module_count = model->module_count;
    if (model->generated || model->jitdump)
        symbolizer->generated = generated_code_new(model->generated ? model->generated : "");
    if (model->jitdump)
        generated_code_add_jitdump(symbolizer->generated, model->jitdump, model->jitdump_bytes);
    symbolizer->opened = memory_zeroed(model->module_count, sizeof *symbolizer->opened);
    return symbolizer;
}

void symbolize_below_main(struct symbolizer *symbolizer)
{
    symbolizer->below_main = true;
}

void symbolize_end(struct symbolizer *symbolizer)
{
    if (!symbolizer)
        return;
    generated_code_free(symbolizer->generated);
    free(symbolizer->opened);
    free(symbolizer);
}

/* libtrace.so's frame stands for the allocation function: its name is wanted, no line of ours. */
static bool symbolize_is_tracer(const struct symbolizer *symbolizer, const struct module *module)
{
    return symbolizer->model->tracer && strcmp(module->path, symbolizer->model->tracer) == 0;
}

static struct module_symbols *symbolize_open(struct symbolizer *symbolizer, uint32_t number)
{
    const struct module *module = &symbolizer->model->modules[number];
    bool with_lines = !symbolize_is_tracer(symbolizer, module);

    if (symbolizer->opened[number])
        return symbolizer->opened[number];
    if (!module_cache_has(symbolizer->cache, module, with_lines))
        progress_say(symbolizer->progress, "reading the symbols of", module->path);
    return symbolizer->opened[number] = module_cache_get(symbolizer->cache, module, with_lines);
}

static void symbolize_generated(struct symbolizer *symbolizer, struct frame *frame)
{
    const struct position *found =
        symbolizer->generated ? generated_code_find(symbolizer->generated, frame->address - 1)
                              : NULL;

    if (found)
        frame->positions = found;
}

void symbolize_frame(struct symbolizer *symbolizer, uint32_t number)
{
    static const struct position unknown;
    struct frame *frame = &symbolizer->model->frames[number];

    if (frame->positions)
        return;
    progress_count(symbolizer->progress, "addresses looked up", symbolizer->done++,
                   symbolizer->model->frame_count);
    frame->positions = &unknown;
    frame->position_count = 1;
    if (frame->module == 0) {
        symbolize_generated(symbolizer, frame);
        return;
    }
    if (frame->module >= symbolizer->module_count)
        return;
    struct module_symbols *symbols = symbolize_open(symbolizer, frame->module);
    const struct module_call *call = module_symbols_call(
        symbols, frame->address - 1 - symbolizer->model->modules[frame->module].bias);
    frame->positions = call->positions;
    frame->position_count = call->position_count;
    frame->is_last = below_main_judge(frame) != BELOW_MAIN_NO;
}

void symbolize_stack(struct symbolizer *symbolizer, uint32_t number)
{
    struct stack stack = model_stack(symbolizer->model, number);

    for (uint32_t i = 0; i < stack.count; i++) {
        symbolize_frame(symbolizer, stack.frames[i]);
        if (symbolizer->model->frames[stack.frames[i]].is_last && !symbolizer->below_main)
            return;
    }
}

struct wanted_frame {
    uint64_t address;
    uint32_t frame;
};

static int symbolize_compare(const void *left, const void *right)
{
    const struct wanted_frame *a = left, *b = right;

    return (a->address > b->address) - (a->address < b->address);
}

/* The frames at this depth of the stacks, in the order of their addresses. */
static void symbolize_at(struct symbolizer *symbolizer, const uint32_t *stacks, uint32_t count,
                         uint32_t depth, struct wanted_frame *wanted)
{
    const struct model *model = symbolizer->model;
    uint32_t wanted_count = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t frame = model_stack(model, stacks[i]).frames[depth];

        if (!model->frames[frame].positions)
            wanted[wanted_count++] = (struct wanted_frame){model->frames[frame].address, frame};
    }
    if (wanted_count)
        qsort(wanted, wanted_count, sizeof *wanted, symbolize_compare);
    for (uint32_t i = 0; i < wanted_count; i++)
        symbolize_frame(symbolizer, wanted[i].frame);
}

/* Keeps the stacks that go on behind this depth. Returns how many. */
static uint32_t symbolize_longer(const struct symbolizer *symbolizer, uint32_t *stacks,
                                 uint32_t count, uint32_t depth)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count; i++) {
        struct stack stack = model_stack(symbolizer->model, stacks[i]);
        bool ended = !symbolizer->below_main && depth > 0 &&
                     symbolizer->model->frames[stack.frames[depth - 1]].is_last;

        if (depth < stack.count && !ended)
            stacks[kept++] = stacks[i];
    }
    return kept;
}

void symbolize_stacks(struct symbolizer *symbolizer, uint32_t *stacks, uint32_t count)
{
    struct wanted_frame *wanted = memory_resized(NULL, count, sizeof *wanted);

    for (uint32_t depth = 0; (count = symbolize_longer(symbolizer, stacks, count, depth)) > 0;
         depth++)
        symbolize_at(symbolizer, stacks, count, depth, wanted);
    free(wanted);
}

const struct position *symbolize_function(struct symbolizer *symbolizer, uint32_t number)
{
    const struct frame *frame = &symbolizer->model->frames[number];

    if (!frame->module)
        return NULL;
    struct module_symbols *symbols = symbolize_open(symbolizer, frame->module);
    const struct symbol *function = module_symbols_function(
        symbols, frame->address - 1 - symbolizer->model->modules[frame->module].bias);
    if (!function)
        return NULL;
    const struct module_call *head = module_symbols_call(symbols, function->start);
    return &head->positions[head->position_count - 1];
}

const char *symbolize_data(struct symbolizer *symbolizer, uint64_t address, uint64_t *inside)
{
    uint32_t module = model_module_at(symbolizer->model, address);

    if (!module)
        return NULL;
    address -= symbolizer->model->modules[module].bias;
    const struct symbol *symbol = module_symbols_data(symbolize_open(symbolizer, module), address);
    if (!symbol)
        return NULL;
    *inside = address - symbol->start;
    return symbol->name;
}

bool symbolize_segment(struct symbolizer *symbolizer, uint64_t address, uint32_t *module,
                       struct segment *segment)
{
    *module = model_module_at(symbolizer->model, address);
    return *module &&
           module_symbols_segment(symbolize_open(symbolizer, *module),
                                  address - symbolizer->model->modules[*module].bias, segment);
}

struct module_symbols *symbolize_module(struct symbolizer *symbolizer, uint32_t module)
{
    const struct module *modules = symbolizer->model->modules;

    if (!module || symbolize_is_tracer(symbolizer, &modules[module]))
        return NULL;
    return symbolize_open(symbolizer, module);
}

/* --- what was not found -------------------------------------------------- */

static void symbolize_note_module(struct model *model, const struct module *module,
                                  enum module_file_state state)
{
    char id[BUILD_ID_TEXT];
    enum note_kind kind = state == MODULE_FILE_MISSING ? NOTE_MODULE_MISSING
                          : state == MODULE_FILE_OTHER ? NOTE_MODULE_OTHER
                                                       : NOTE_MODULE_BAD;

    build_id_text(module, id);
    model_add_note(model, kind, 0, module->path[0] ? module->path : "A module without a name",
                   id[0] ? id : "none");
}

static void symbolize_note_doubt(struct model *model, const struct module *module)
{
    model_add_note(model, module->file_size ? NOTE_MODULE_CHANGED : NOTE_MODULE_NOT_SEEN, 0,
                   module->path, NULL);
}

static void symbolize_note_split(struct model *model, const struct module *module,
                                 const struct source_lines *lines)
{
    model_add_note(model, NOTE_MODULE_SPLIT, 0, module->path,
                   lines->missing ? lines->missing : "a .dwo file");
}

/* The vdso is in brackets: it has no file anywhere. */
void symbolize_note(struct symbolizer *symbolizer)
{
    uint64_t replaced = symbolizer->generated ? generated_code_replaced(symbolizer->generated) : 0;

    if (replaced)
        model_add_note(symbolizer->model, NOTE_GENERATED_REPLACED, replaced, NULL, NULL);

    for (uint32_t i = 1; i < symbolizer->module_count; i++) {
        const struct module *module = &symbolizer->model->modules[i];
        const struct module_symbols *opened = symbolizer->opened[i];

        if (!opened || module->path[0] == '[')
            continue;
        if (!opened->file.dwfl)
            symbolize_note_module(symbolizer->model, module, opened->file.state);
        else if (opened->file.is_doubtful)
            symbolize_note_doubt(symbolizer->model, module);
        if (opened->lines.missing_count)
            symbolize_note_split(symbolizer->model, module, &opened->lines);
    }
}
