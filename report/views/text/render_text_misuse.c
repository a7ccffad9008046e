#include "views/text/render_text.h"

/* The functions that belong together. */
static const char *text_misuse_pair(const struct trace_error *record, const char *of_malloc)
{
    return record->family == TRACE_BY_NEW         ? "new/delete"
           : record->family == TRACE_BY_NEW_ARRAY ? "new[]/delete[]"
                                                  : of_malloc;
}

/* 0: the function takes none, or was given none. */
static struct number_text text_misuse_value(uint64_t alignment)
{
    struct number_text value = {"default-aligned"};

    if (alignment)
        snprintf(value.text, sizeof value.text, "%" PRIu64, alignment);
    return value;
}

static void text_misuse_alignment(const struct text_page *page, const struct trace_error *record)
{
    uint64_t allocated = record->alignment_log2 ? 1ull << (record->alignment_log2 & 63) : 0;

    render_text_line(page, "Mismatched %s alignment alloc value: %s dealloc value: %s",
                     text_misuse_pair(record, "aligned_alloc/free_aligned_sized"),
                     text_misuse_value(allocated).text, text_misuse_value(record->given).text);
}

static void text_misuse_what(const struct text_page *page, const struct trace_error *record)
{
    switch (record->kind) {
    case TRACE_MISMATCHED_FREE:
        render_text_line(page, "Mismatched free() / delete / delete []");
        break;
    case TRACE_WRONG_SIZE:
        render_text_line(page, "Mismatched %s size value: %" PRIu64,
                         text_misuse_pair(record, "malloc/free_sized"), record->given);
        break;
    case TRACE_WRONG_ALIGNMENT:
        text_misuse_alignment(page, record);
        break;
    case TRACE_REALLOC_ZERO:
        render_text_line(page, "realloc() with size 0");
        break;
    default:
        render_text_line(page, "Invalid free() / delete / delete[] / realloc()");
    }
}

/* " Address 0x… is 3 bytes inside a block of size 7 alloc'd", and the stacks of that block. */
static void text_misuse_block(const struct text_page *page, const struct misuse *misuse)
{
    const struct trace_error *record = &misuse->record;
    bool freed = record->address_kind == TRACE_ADDRESS_FREED_BLOCK;
    uint64_t offset = record->address - record->block;
    const char *where = "inside";

    if (record->address < record->block) {
        offset = record->block - record->address;
        where = "before";
    } else if (offset >= record->block_size) {
        offset -= record->block_size;
        where = "after";
    }
    render_text_line(page, " Address 0x%" PRIx64 " is %s bytes %s a block of size %s %s",
                     record->address, NUMBER(offset), where, NUMBER(record->block_size),
                     freed ? "free'd" : "alloc'd");
    render_text_stack(page, freed ? misuse->stack_freed : misuse->stack_allocated);
    if (freed && record->stack_allocated) {
        render_text_line(page, " Block was alloc'd at");
        render_text_stack(page, misuse->stack_allocated);
    }
}

static void text_misuse_data(const struct text_page *page, const struct misuse *misuse)
{
    if (misuse->variable)
        render_text_line(page, " Address 0x%" PRIx64 " is %s bytes inside data symbol \"%s\"",
                         misuse->record.address, NUMBER(misuse->variable_offset), misuse->variable);
    else
        render_text_line(page, " Address 0x%" PRIx64 " is in a program's or a library's data",
                         misuse->record.address);
}

static void text_misuse_stack(const struct text_page *page, const struct misuse *misuse)
{
    const struct model *model = page->report->model;
    const struct trace_error *record = &misuse->record;
    bool is_main = record->tid == model->header.pid;

    render_text_line(page, " Address 0x%" PRIx64 " is on %s stack", record->address,
                     is_main ? "thread 1's" : "a thread's");
    if (record->block)
        render_text_frame_at(page, misuse->stack, record->block);
}

void render_text_misuse(const struct text_page *page, const struct misuse *misuse)
{
    const struct trace_error *record = &misuse->record;

    text_misuse_what(page, record);
    render_text_stack(page, misuse->stack);
    switch (record->address_kind) {
    case TRACE_ADDRESS_LIVE_BLOCK:
    case TRACE_ADDRESS_FREED_BLOCK:
        text_misuse_block(page, misuse);
        break;
    case TRACE_ADDRESS_STACK:
        text_misuse_stack(page, misuse);
        break;
    case TRACE_ADDRESS_DATA:
        text_misuse_data(page, misuse);
        break;
    default:
        render_text_line(page,
                         " Address 0x%" PRIx64 " is not stack'd, malloc'd or (recently) free'd",
                         record->address);
    }
}
