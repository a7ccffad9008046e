#include "symbolize.h"
#include <stdlib.h>
#include <string.h>
#include "demangle.h"
#include "memory.h"
#include "module_file.h"
#include "module_map.h"
#include "source_lines.h"
#include "symbol_table.h"

/* A file, opened at the first need. Modules may share it: a library that is loaded again and again
 * is a module each time. */
struct opened {
    struct module_file file;
    struct symbol_table symbols;
    struct source_lines lines;
};

struct symbolizer {
    struct model *model;
    bool demangle;
    struct intern keys; /* struct opened_key; the number is the index into `opened` */
    struct opened *opened;
    uint32_t opened_capacity;
    uint32_t *opened_of; /* of each module: index + 1, 0: nobody has asked */
    char **texts;        /* names that were made here */
    size_t text_count, text_capacity;
};

struct opened_key {
    struct module_file_identity identity;
    uint64_t is_tracer; /* its lines are not read */
};

struct symbolizer *symbolize_begin(struct model *model, bool demangle)
{
    struct symbolizer *symbolizer = memory_zeroed(1, sizeof *symbolizer);

    symbolizer->model = model;
    symbolizer->demangle = demangle;
    symbolizer->opened_of = memory_zeroed(model->module_count, sizeof *symbolizer->opened_of);
    return symbolizer;
}

void symbolize_end(struct symbolizer *symbolizer)
{
    for (uint32_t i = 0; i < symbolizer->keys.count; i++) {
        struct opened *opened = &symbolizer->opened[i];

        if (opened->file.dwfl) {
            source_lines_end(&opened->lines);
            symbol_table_free(&opened->symbols);
            module_file_close(&opened->file);
        }
    }
    for (size_t i = 0; i < symbolizer->text_count; i++)
        free(symbolizer->texts[i]);
    free(symbolizer->texts);
    intern_free(&symbolizer->keys);
    free(symbolizer->opened_of);
    free(symbolizer->opened);
    free(symbolizer);
}

static const char *symbolize_keep(struct symbolizer *symbolizer, char *text)
{
    memory_make_room(symbolizer->texts, symbolizer->text_count, symbolizer->text_capacity);
    return symbolizer->texts[symbolizer->text_count++] = text;
}

/* libtrace.so's frame stands for the allocation function: its name is wanted, no line of ours. */
static bool symbolize_is_tracer(const struct symbolizer *symbolizer, const struct module *module)
{
    return symbolizer->model->tracer && strcmp(module->path, symbolizer->model->tracer) == 0;
}

static void symbolize_open_file(struct opened *opened, const struct module *module, bool is_tracer)
{
    *opened = (struct opened){0};
    module_file_open(&opened->file, module);
    if (!opened->file.dwfl)
        return;
    symbol_table_read(&opened->symbols, opened->file.module);
    if (!is_tracer)
        source_lines_begin(&opened->lines, opened->file.module);
}

/* Good until another module is asked for. */
static struct opened *symbolize_open(struct symbolizer *symbolizer, uint32_t module)
{
    const struct module *wanted = &symbolizer->model->modules[module];
    uint32_t *place = &symbolizer->opened_of[module], known = symbolizer->keys.count;
    struct opened_key key = {.is_tracer = symbolize_is_tracer(symbolizer, wanted)};

    if (*place)
        return &symbolizer->opened[*place - 1];
    module_file_identify(&key.identity, wanted);
    *place = intern_put(&symbolizer->keys, &key, sizeof key) + 1;
    if (*place > known) {
        memory_make_room(symbolizer->opened, known, symbolizer->opened_capacity);
        symbolize_open_file(&symbolizer->opened[known], wanted, key.is_tracer);
    }
    return &symbolizer->opened[*place - 1];
}

/* --- one frame ----------------------------------------------------------- */

static void symbolize_name(struct symbolizer *symbolizer, struct place *place, const char *linked,
                           const char *name)
{
    char *text = linked && symbolizer->demangle ? demangle_name(linked) : NULL;

    place->linked = linked ? linked : name;
    place->function = text ? symbolize_keep(symbolizer, text) : linked ? linked : name;
}

/* In C the linkage name is a nickname of the library's own (__GI__IO_doallocbuf): not wanted. */
static void symbolize_name_source(struct symbolizer *symbolizer, struct place *place,
                                  const struct source_place *source)
{
    bool mangled = source->linked && source->linked[0] == '_' &&
                   (source->linked[1] == 'Z' || source->linked[1] == 'R');

    symbolize_name(symbolizer, place, mangled || !source->name ? source->linked : NULL,
                   source->name);
}

static void symbolize_source(struct symbolizer *symbolizer, struct place *place,
                             const struct source_place *source)
{
    if (!source->path)
        return;
    const char *slash = strrchr(source->path, '/');

    place->line = source->line > 0 ? (unsigned)source->line : 0;
    place->file = slash ? slash + 1 : source->path;
    place->path = source->path;
    if (source->path[0] != '/' && source->directory)
        place->path =
            symbolize_keep(symbolizer, memory_text("%s/%s", source->directory, source->path));
}

/* The outermost of the places is the function that the symbol names. */
static void symbolize_fill(struct symbolizer *symbolizer, struct frame *frame,
                           const struct source_place *sources, size_t count,
                           const struct symbol *symbol)
{
    frame->place_count = count ? (uint32_t)count : 1;
    frame->places = memory_zeroed(frame->place_count, sizeof *frame->places);
    for (size_t i = 0; i < count; i++) {
        symbolize_source(symbolizer, &frame->places[i], &sources[i]);
        symbolize_name_source(symbolizer, &frame->places[i], &sources[i]);
    }
    if (symbol)
        symbolize_name(symbolizer, &frame->places[frame->place_count - 1], symbol->name, NULL);
}

void symbolize_frame(struct symbolizer *symbolizer, uint32_t number)
{
    struct frame *frame = &symbolizer->model->frames[number];
    struct source_place sources[SOURCE_DEPTH_MAX];

    if (frame->symbolized)
        return;
    frame->symbolized = true;
    if (frame->module == 0) {
        symbolize_fill(symbolizer, frame, NULL, 0, NULL);
        return;
    }
    struct opened *opened = symbolize_open(symbolizer, frame->module);
    uint64_t call = frame->address - 1 - symbolizer->model->modules[frame->module].bias;
    size_t count = source_lines_find(&opened->lines, call, sources);
    symbolize_fill(symbolizer, frame, sources, count,
                   symbol_table_function(&opened->symbols, call));
}

void symbolize_stack(struct symbolizer *symbolizer, uint32_t number)
{
    struct stack stack = model_stack(symbolizer->model, number);

    for (uint32_t i = 0; i < stack.count; i++)
        symbolize_frame(symbolizer, stack.frames[i]);
}

const char *symbolize_data(struct symbolizer *symbolizer, uint64_t address, uint64_t *inside)
{
    uint32_t module = module_map_find(symbolizer->model, address);

    if (!module)
        return NULL;
    address -= symbolizer->model->modules[module].bias;
    const struct symbol *symbol =
        symbol_table_data(&symbolize_open(symbolizer, module)->symbols, address);
    if (!symbol)
        return NULL;
    *inside = address - symbol->start;
    return symbol->name;
}

/* --- what was not found -------------------------------------------------- */

static void symbolize_note_module(struct model *model, const struct module *module,
                                  enum module_file_state state)
{
    char id[MODULE_BUILD_ID_TEXT];
    static const char *const what[] = {
        [MODULE_FILE_MISSING] = "could not be found",
        [MODULE_FILE_OTHER] = "is of another build than the one that was traced",
        [MODULE_FILE_BAD] = "cannot be read as an ELF file",
    };

    module_map_build_id_text(module, id);
    model_add_note(model, memory_text("%s (build id %s) %s: its frames have no names.",
                                      module->path[0] ? module->path : "A module without a name",
                                      id[0] ? id : "none", what[state]));
}

/* The vdso is in brackets: it has no file anywhere. */
void symbolize_note(struct symbolizer *symbolizer)
{
    for (uint32_t i = 1; i < symbolizer->model->module_count; i++) {
        const struct module *module = &symbolizer->model->modules[i];
        uint32_t place = symbolizer->opened_of[i];

        if (!place || module->path[0] == '[')
            continue;
        const struct module_file *file = &symbolizer->opened[place - 1].file;
        if (!file->dwfl)
            symbolize_note_module(symbolizer->model, module, file->state);
    }
}
