#include "symbols/symbol_table.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/sorted.h"

/* The name without its version: "foo" of "foo@@LIB_2.0". */
static size_t symbol_name_length(const char *name)
{
    return strcspn(name, "@");
}

static int symbol_compare(const void *left, const void *right)
{
    const struct symbol *a = left, *b = right;

    if (a->start != b->start)
        return (a->start > b->start) - (a->start < b->start);
    if ((a->size == 0) != (b->size == 0))
        return (a->size == 0) - (b->size == 0);
    if (a->local != b->local)
        return a->local - b->local;
    size_t a_length = symbol_name_length(a->name), b_length = symbol_name_length(b->name);
    if (a_length != b_length)
        return (a_length > b_length) - (a_length < b_length);
    return strcmp(a->name, b->name);
}

size_t symbol_table_order(struct symbol *symbols, size_t count)
{
    size_t kept = 0;

    if (count)
        qsort(symbols, count, sizeof *symbols, symbol_compare);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || symbols[kept - 1].start != symbols[i].start)
            symbols[kept++] = symbols[i];
    return kept;
}

static bool symbol_is_function(const GElf_Sym *symbol)
{
    int type = GELF_ST_TYPE(symbol->st_info);

    return type == STT_FUNC || type == STT_GNU_IFUNC || (type == STT_NOTYPE && symbol->st_size);
}

void symbol_table_read(struct symbol_table *table, Dwfl_Module *module)
{
    int count = dwfl_module_getsymtab(module);
    size_t function_capacity = 0, data_capacity = 0, thread_capacity = 0;

    memset(table, 0, sizeof *table);
    for (int i = 1; i < count; i++) {
        GElf_Sym elf_symbol;
        GElf_Addr address;
        GElf_Word section;
        const char *name =
            dwfl_module_getsym_info(module, i, &elf_symbol, &address, &section, NULL, NULL);

        if (!name || !*name || section == SHN_UNDEF || section == SHN_ABS)
            continue;
        struct symbol symbol = {.start = address,
                                .size = elf_symbol.st_size,
                                .name = name,
                                .local = GELF_ST_BIND(elf_symbol.st_info) == STB_LOCAL};
        if (symbol_is_function(&elf_symbol)) {
            memory_reserve(table->functions, table->function_count, function_capacity);
            table->functions[table->function_count++] = symbol;
        } else if (GELF_ST_TYPE(elf_symbol.st_info) == STT_OBJECT && elf_symbol.st_size) {
            memory_reserve(table->data, table->data_count, data_capacity);
            table->data[table->data_count++] = symbol;
        } else if (GELF_ST_TYPE(elf_symbol.st_info) == STT_TLS) {
            symbol.start = elf_symbol.st_value;
            memory_reserve(table->threads, table->thread_count, thread_capacity);
            table->threads[table->thread_count++] = symbol;
        }
    }
    table->function_count = symbol_table_order(table->functions, table->function_count);
    table->data_count = symbol_table_order(table->data, table->data_count);
    table->thread_count = symbol_table_order(table->threads, table->thread_count);
}

void symbol_table_free(struct symbol_table *table)
{
    free(table->functions);
    free(table->data);
    free(table->threads);
    memset(table, 0, sizeof *table);
}

/* A symbol may lie inside another one (a label in hand-written code): look some places back. A
 * symbol without a size reaches to the next one. */
static const struct symbol *symbol_find(const struct symbol *symbols, size_t count,
                                        uint64_t address)
{
    enum { PLACES_BACK = 32 };
    size_t low = sorted_until(symbols, count, start, address);

    for (size_t back = 1; back <= low && back <= PLACES_BACK; back++) {
        const struct symbol *symbol = &symbols[low - back];

        if (address - symbol->start < symbol->size || (back == 1 && symbol->size == 0))
            return symbol;
    }
    return NULL;
}

const struct symbol *symbol_table_function(const struct symbol_table *table, uint64_t address)
{
    return symbol_find(table->functions, table->function_count, address);
}

const struct symbol *symbol_table_data(const struct symbol_table *table, uint64_t address)
{
    return symbol_find(table->data, table->data_count, address);
}

const struct symbol *symbol_table_of_thread(const struct symbol_table *table, uint64_t offset)
{
    return symbol_find(table->threads, table->thread_count, offset);
}
