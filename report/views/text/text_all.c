#include "views/text/text_all.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "suppress/suppress_print.h"
#include "words/words_ending.h"

/* The closing table: one line for each process, and one for all. Cells are made first, because
 * their widths are not known before. */

enum column {
    COLUMN_PID,
    COLUMN_ENDED,
    COLUMN_DEFINITE,
    COLUMN_INDIRECT,
    COLUMN_POSSIBLE,
    COLUMN_REACHABLE,
    COLUMN_UNTOLD, /* no leak check was made */
    COLUMN_PEAK,
    COLUMN_ERRORS,
    COLUMN_PROGRAM,
    COLUMN_LOG,
    COLUMNS_COUNT
};

struct text_row {
    char *cells[COLUMNS_COUNT]; /* NULL: empty */
};
struct text_table {
    struct text_row *rows; /* [0]: headings */
    uint32_t count, capacity;
    int widths[COLUMNS_COUNT];
};

static const enum block_kind table_kinds[COLUMNS_COUNT] = {
    [COLUMN_DEFINITE] = BLOCK_DEFINITELY_LOST,
    [COLUMN_INDIRECT] = BLOCK_INDIRECTLY_LOST,
    [COLUMN_POSSIBLE] = BLOCK_POSSIBLY_LOST,
    [COLUMN_REACHABLE] = BLOCK_REACHABLE,
    [COLUMN_UNTOLD] = BLOCK_LIVE,
};

static struct text_row *table_add_row(struct text_table *table)
{
    memory_reserve(table->rows, table->count, table->capacity);
    table->rows[table->count] = (struct text_row){{NULL}};
    return &table->rows[table->count++];
}

static void table_measure(struct text_table *table)
{
    for (uint32_t i = 0; i < table->count; i++)
        for (int column = 0; column < COLUMNS_COUNT; column++) {
            const char *cell = table->rows[i].cells[column];
            int width = cell ? (int)strlen(cell) : 0;

            if (width > table->widths[column])
                table->widths[column] = width;
        }
}

static void table_free(struct text_table *table)
{
    for (uint32_t i = 0; i < table->count; i++)
        for (int column = 0; column < COLUMNS_COUNT; column++)
            free(table->rows[i].cells[column]);
    free(table->rows);
}

/* --- rows ---------------------------------------------------------------- */

static void table_add_headings(struct text_table *table)
{
    static const char *const headings[COLUMNS_COUNT] = {
        "pid",     "ended", "definite", "indirect", "possible", "reachable",
        "no kind", "peak",  "errors",   "program",  "log"};
    struct text_row *row = table_add_row(table);

    for (int column = 0; column < COLUMNS_COUNT; column++)
        row->cells[column] = memory_text("%s", headings[column]);
}

/* Indented below its parent; without the program's directory, and not longer than a line takes. */
static char *table_program(const struct process_entry *entry)
{
    enum { PROGRAM_COLUMNS = 40, INDENT_MAX = 10 };
    size_t depth = entry->depth < INDENT_MAX ? entry->depth : INDENT_MAX;
    const char *name = entry->command ? entry->command : "";
    size_t word = strcspn(name, " ");

    for (size_t i = 0; i < word; i++)
        if (entry->command[i] == '/')
            name = entry->command + i + 1;
    return memory_text("%*s%.*s%s", (int)(2 * depth), "", PROGRAM_COLUMNS, name,
                       strlen(name) > PROGRAM_COLUMNS ? "..." : "");
}

/* Where no leak check was made, the kinds are not 0 but not known. */
static char *table_bytes(const struct process_entry *entry, enum block_kind kind)
{
    bool known = kind == BLOCK_LIVE || entry->has_verdicts || !entry->bytes[BLOCK_LIVE];

    return known ? memory_text("%s", NUMBER(entry->bytes[kind])) : memory_text("-");
}

static void table_add_process(struct text_table *table, const struct process_entry *entry)
{
    struct text_row *row = table_add_row(table);
    char ending[WORDS_ENDING_SHORT];

    row->cells[COLUMN_PID] = memory_text("%u", entry->pid);
    if (!entry->reported) {
        row->cells[COLUMN_ENDED] = memory_text("not read");
    } else {
        words_ending_short(ending, &entry->ending);
        row->cells[COLUMN_ENDED] = memory_text("%s", ending);
        for (int column = COLUMN_DEFINITE; column <= COLUMN_UNTOLD; column++)
            row->cells[column] = table_bytes(entry, table_kinds[column]);
        row->cells[COLUMN_PEAK] = memory_text("%s", NUMBER(entry->peak_bytes));
        row->cells[COLUMN_ERRORS] = memory_text("%s", NUMBER(entry->errors));
        row->cells[COLUMN_PROGRAM] = table_program(entry);
    }
    row->cells[COLUMN_LOG] = memory_text("%s", entry->path);
}

/* Peaks of different moments add up to nothing. */
static void table_add_totals(struct text_table *table, const struct process_entry *sum)
{
    struct text_row *row = table_add_row(table);

    row->cells[COLUMN_PID] = memory_text("all");
    for (int column = COLUMN_DEFINITE; column <= COLUMN_UNTOLD; column++)
        row->cells[column] = memory_text("%s", NUMBER(sum->bytes[table_kinds[column]]));
    row->cells[COLUMN_ERRORS] = memory_text("%s", NUMBER(sum->errors));
}

/* --- lines --------------------------------------------------------------- */

static bool table_is_text(int column)
{
    return column == COLUMN_ENDED || column == COLUMN_PROGRAM || column == COLUMN_LOG;
}

static void table_put_row(const struct text_page *page, const struct text_table *table,
                          const struct text_row *row, const bool *wanted)
{
    struct text_buffer line = {0};

    text_buffer_add(&line, " ");
    for (int column = 0; column < COLUMNS_COUNT; column++) {
        if (!wanted[column])
            continue;
        const char *cell = row->cells[column] ? row->cells[column] : "";
        int width = table->widths[column];

        text_buffer_format(&line, "  %*s", table_is_text(column) ? -width : width, cell);
    }
    while (line.length && line.text[line.length - 1] == ' ')
        line.text[--line.length] = 0;
    text_line(page, "%s", line.text);
    free(line.text);
}

/* --- all of it ----------------------------------------------------------- */

static void text_put_table(const struct text_page *page, const struct report_all *all,
                           const struct process_sum *sum)
{
    const struct process_tree *tree = all->tree;
    bool peaks = all->options->top_orders >> CLI_ORDER_PEAK & 1;
    struct text_table table = {0};
    bool wanted[COLUMNS_COUNT];

    table_add_headings(&table);
    for (uint32_t i = 0; i < tree->count; i++)
        table_add_process(&table, &tree->entries[i]);
    table_add_totals(&table, &sum->all);
    table_measure(&table);
    for (int column = 0; column < COLUMNS_COUNT; column++)
        wanted[column] = (column != COLUMN_UNTOLD || sum->all.bytes[BLOCK_LIVE]) &&
                         (column != COLUMN_PEAK || peaks) &&
                         (column != COLUMN_LOG || sum->pid_repeats);
    for (uint32_t i = 0; i < table.count; i++)
        table_put_row(page, &table, &table.rows[i], wanted);
    table_free(&table);
}

static void text_put_suppressions(const struct text_page *page, const struct report_all *all)
{
    if (!all->options->verbose && !all->options->show_error_list)
        return;
    suppress_print_used(page->out, page->debug_prefix, all->suppressions);
    if (all->options->verbose)
        suppress_print_unused(page->out, page->debug_prefix, all->suppressions);
}

void text_all(FILE *out, const struct report_all *all)
{
    struct text_page page = {.out = out, .prefix = "==all== ", .debug_prefix = "--all-- "};
    const struct process_tree *tree = all->tree;
    struct process_sum sum;

    if (all->options->quiet || !all->several)
        return;
    process_tree_sum(tree, &sum);
    fputc('\n', out);
    text_line(&page, "SUMMARY OF %s PROCESSES, IN BYTES:", NUMBER(sum.reported));
    text_put_table(&page, all, &sum);
    text_blank(&page);
    if (tree->unreadable)
        text_line(&page, "Not among them: %s logs that could not be read.",
                  NUMBER(tree->unreadable));
    text_put_suppressions(&page, all);
    text_line(&page,
              "ERROR SUMMARY: %s errors from %s contexts in %s of %s processes "
              "(suppressed: %s from %s)",
              NUMBER(sum.all.errors), NUMBER(sum.all.contexts), NUMBER(sum.with_errors),
              NUMBER(sum.reported), NUMBER(sum.all.suppressed_errors),
              NUMBER(sum.all.suppressed_contexts));
}
