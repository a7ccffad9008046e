#include "symbols/module_symbols.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "symbols/demangle.h"

void module_symbols_open(struct module_symbols *symbols, const struct module *module,
                         const struct file_roots *roots, bool with_lines, bool demangle)
{
    memset(symbols, 0, sizeof *symbols);
    symbols->demangle = demangle;
    module_file_open(&symbols->file, module, roots);
    if (!symbols->file.dwfl)
        return;
    symbol_table_read(&symbols->symbols, symbols->file.module);
    if (with_lines)
        source_lines_begin(&symbols->lines, symbols->file.module);
    if (with_lines)
        variables_begin(&symbols->variables, symbols->file.module);
}

void module_symbols_close(struct module_symbols *symbols)
{
    for (uint32_t i = 0; i < symbols->addresses.count; i++)
        free(symbols->calls[i].positions);
    for (size_t i = 0; i < symbols->text_count; i++)
        free(symbols->texts[i]);
    free(symbols->calls);
    free(symbols->texts);
    free(symbols->whole_paths);
    intern_free(&symbols->paths);
    intern_free(&symbols->addresses);
    variables_end(&symbols->variables);
    source_lines_end(&symbols->lines);
    symbol_table_free(&symbols->symbols);
    module_file_close(&symbols->file);
    memset(symbols, 0, sizeof *symbols);
}

/* valgrind's word for an inlined function whose name it does not know. */
#define SYMBOLS_NAMELESS "UnknownInlinedFun"

static const char *symbols_keep(struct module_symbols *symbols, char *text)
{
    memory_reserve(symbols->texts, symbols->text_count, symbols->text_capacity);
    return symbols->texts[symbols->text_count++] = text;
}

/* --- one call ------------------------------------------------------------ */

static void symbols_name(struct module_symbols *symbols, struct position *position,
                         const char *linked, const char *name)
{
    char *text = linked && symbols->demangle ? demangle_name(linked) : NULL;

    position->linked = linked ? linked : name;
    position->function = text ? symbols_keep(symbols, text) : linked ? linked : name;
}

/* In C the linkage name is a nickname of the library's own (__GI__IO_doallocbuf): not wanted. */
static void symbols_name_source(struct module_symbols *symbols, struct position *position,
                                const struct source_position *source)
{
    bool mangled = source->linked && source->linked[0] == '_' &&
                   (source->linked[1] == 'Z' || source->linked[1] == 'R');

    symbols_name(symbols, position, mangled || !source->name ? source->linked : NULL, source->name);
}

/* Thousands of calls are of one file. Texts of libdw's stay where they are, one for a file. */
static const char *symbols_path(struct module_symbols *symbols,
                                const struct source_position *source)
{
    const char *key[2] = {source->directory, source->path};
    uint32_t known = symbols->paths.count;

    if (source->path[0] == '/' || !source->directory)
        return source->path;
    uint32_t number = intern_put(&symbols->paths, key, sizeof key);
    if (number == known) {
        memory_reserve(symbols->whole_paths, known, symbols->path_capacity);
        symbols->whole_paths[number] =
            symbols_keep(symbols, memory_text("%s/%s", source->directory, source->path));
    }
    return symbols->whole_paths[number];
}

static void symbols_source(struct module_symbols *symbols, struct position *position,
                           const struct source_position *source)
{
    if (!source->path)
        return;
    const char *slash = strrchr(source->path, '/');

    position->line = source->line > 0 ? (unsigned)source->line : 0;
    position->file = slash ? slash + 1 : source->path;
    position->path = symbols_path(symbols, source);
}

/* The outermost of the positions is the function that the symbol names. */
static void symbols_fill(struct module_symbols *symbols, struct module_call *call, uint64_t address)
{
    struct source_position sources[SOURCE_DEPTH_MAX];
    const struct symbol *symbol = symbol_table_function(&symbols->symbols, address);
    size_t count = source_lines_find(&symbols->lines, address, !symbol, sources);

    call->position_count = count ? (uint32_t)count : 1;
    call->positions = memory_zeroed(call->position_count, sizeof *call->positions);
    for (size_t i = 0; i < count; i++) {
        symbols_source(symbols, &call->positions[i], &sources[i]);
        if (!symbol || i + 1 < count)
            symbols_name_source(symbols, &call->positions[i], &sources[i]);
        if (i + 1 < count)
            call->positions[i].inlined =
                sources[i].name && !sources[i].is_foreign ? sources[i].name : SYMBOLS_NAMELESS;
    }
    if (symbol)
        symbols_name(symbols, &call->positions[call->position_count - 1], symbol->name, NULL);
}

const struct module_call *module_symbols_call(struct module_symbols *symbols, uint64_t address)
{
    uint32_t known = symbols->addresses.count;
    uint32_t number = intern_put(&symbols->addresses, &address, sizeof address);

    if (number == known) {
        memory_reserve(symbols->calls, known, symbols->call_capacity);
        symbols_fill(symbols, &symbols->calls[number], address);
    }
    return &symbols->calls[number];
}

const struct symbol *module_symbols_data(const struct module_symbols *symbols, uint64_t address)
{
    return symbol_table_data(&symbols->symbols, address);
}

bool module_symbols_segment(const struct module_symbols *symbols, uint64_t address,
                            struct segment *segment)
{
    return symbols->file.dwfl && segment_find(segment, symbols->file.module, address);
}

const struct symbol *module_symbols_function(const struct module_symbols *symbols, uint64_t address)
{
    return symbol_table_function(&symbols->symbols, address);
}
