#include "words/words_error.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/number_text.h"
#include "suppress/suppress_entry.h"
#include "words/words_ending.h"

#define NUMBER(n) number_text(n).text

/* --- leaks --------------------------------------------------------------- */

/* The change, where there is another log. */
#define DELTA(member) (record->change ? delta_text(figures.member, record->before.member).text : "")

char *words_loss(const struct loss_record *record, enum moment moment)
{
    struct loss_figures figures = group_figures(record);
    char indirect[4 * NUMBER_TEXT_SIZE + 40] = "";

    char estimated[NUMBER_TEXT_SIZE + 40] = "";

    if (record->samples)
        snprintf(estimated, sizeof estimated, " (estimated from %s of them)",
                 NUMBER(record->samples));
    if (record->kind == BLOCK_LIVE)
        return memory_text("%s%s bytes in %s%s blocks%s are in use %s", NUMBER(figures.bytes),
                           DELTA(bytes), NUMBER(figures.blocks), DELTA(blocks), estimated,
                           words_moment(moment));
    if (figures.indirect || record->before.indirect)
        snprintf(indirect, sizeof indirect, " (%s%s direct, %s%s indirect)", NUMBER(figures.direct),
                 DELTA(direct), NUMBER(figures.indirect), DELTA(indirect));
    return memory_text("%s%s%s bytes in %s%s blocks are %s", NUMBER(figures.bytes), DELTA(bytes),
                       indirect, NUMBER(figures.blocks), DELTA(blocks),
                       model_kind_words(record->kind));
}

char *words_record(const struct loss_record *record, uint32_t records, enum moment moment)
{
    char *loss = words_loss(record, moment);
    char *text = memory_text(
        "%s in %s%srecord %s of %s", loss, record->change == LOSS_NEW ? "new " : "",
        record->kind == BLOCK_LIVE ? "" : "loss ", NUMBER(record->number), NUMBER(records));

    free(loss);
    return text;
}

/* Each name once, in the order of the blocks' addresses. */
static bool words_is_new_name(const struct model *model, const uint32_t *named, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (strcmp(model->names[model->blocks[named[i]].name - 1].text,
                   model->names[model->blocks[named[index]].name - 1].text) == 0)
            return false;
    return true;
}

char *words_names(const struct model *model, const struct loss_records *records,
                  const struct loss_record *record)
{
    enum { SHOWN = 8 };
    struct text_buffer text = {0};
    uint32_t shown = 0, told = 0;

    if (record->named_count == 0)
        return NULL;
    const uint32_t *named = records->named + record->named;
    text_buffer_add(&text, record->blocks == 1 ? "The block is named" : "Blocks of it are named");
    for (; told < record->named_count && shown < SHOWN; told++)
        if (words_is_new_name(model, named, told))
            text_buffer_format(&text, "%s \"%s\"", shown++ ? "," : "",
                               model->names[model->blocks[named[told]].name - 1].text);
    if (told < record->named_count)
        text_buffer_format(&text, " and %s more have names", NUMBER(record->named_count - told));
    return text.text;
}

const char *words_heuristic(enum trace_heuristic heuristic)
{
#define NAME(heuristic, name) [heuristic] = name,
    static const char *const names[TRACE_HEURISTICS_COUNT] = {"none", TRACE_HEURISTICS(NAME)};

    return names[heuristic];
}

/* --- errors of the program ----------------------------------------------- */

/* The functions that belong together. */
static const char *words_pair(const struct trace_error *record, const char *of_malloc)
{
    return record->family == TRACE_BY_NEW         ? "new/delete"
           : record->family == TRACE_BY_NEW_ARRAY ? "new[]/delete[]"
                                                  : of_malloc;
}

/* 0: the function takes none, or was given none. */
static struct number_text words_alignment_value(uint64_t alignment)
{
    struct number_text value = {"default-aligned"};

    if (alignment)
        snprintf(value.text, sizeof value.text, "%" PRIu64, alignment);
    return value;
}

static char *words_alignment(const struct trace_error *record)
{
    uint64_t allocated = record->alignment_log2 ? 1ull << (record->alignment_log2 & 63) : 0;

    return memory_text("Mismatched %s alignment alloc value: %s dealloc value: %s",
                       words_pair(record, "aligned_alloc/free_aligned_sized"),
                       words_alignment_value(allocated).text,
                       words_alignment_value(record->given).text);
}

static char *words_touch(const struct misuse *misuse, const char *what)
{
    return misuse->access_size
               ? memory_text("Invalid %s of size %" PRIu32, what, misuse->access_size)
               : memory_text("Invalid %s", what);
}

static char *words_overrun(const struct trace_error *record)
{
    uint64_t offset = record->given;

    if (offset >> 63)
        return memory_text("Memory %s bytes before a block of size %s was changed",
                           NUMBER(0 - offset), NUMBER(record->block_size));
    return memory_text("Memory %s bytes after a block of size %s was changed",
                       NUMBER(offset - record->block_size), NUMBER(record->block_size));
}

char *words_misuse(const struct misuse *misuse)
{
    const struct trace_error *record = &misuse->record;

    switch (record->kind) {
    case TRACE_MISMATCHED_FREE:
        return memory_text("Mismatched free() / delete / delete []");
    case TRACE_WRONG_SIZE:
        return memory_text("Mismatched %s size value: %" PRIu64,
                           words_pair(record, "malloc/free_sized"), record->given);
    case TRACE_WRONG_ALIGNMENT:
        return words_alignment(record);
    case TRACE_REALLOC_ZERO:
        return memory_text("realloc() with size 0");
    case TRACE_INVALID_READ:
        return words_touch(misuse, "read");
    case TRACE_INVALID_WRITE:
        return words_touch(misuse, "write");
    case TRACE_CHANGED_FREED:
        return memory_text("A block of size %s was changed at offset %s after it was freed",
                           NUMBER(record->block_size), NUMBER(record->given));
    case TRACE_OVERRUN:
        return words_overrun(record);
    case TRACE_MALLOC_ABORT:
        return misuse->text ? memory_text("glibc's malloc ended the program: %s", misuse->text)
                            : memory_text("glibc's malloc crashed");
    case TRACE_SYSCALL_PARAM:
        return memory_text("Syscall param %s points to unaddressable byte(s)",
                           suppress_parameter_name(record->given));
    default:
        return memory_text("Invalid free() / delete / delete[] / realloc()");
    }
}

const char words_misuse_allocated[] = "Block was alloc'd at";

static char *words_beside_block(const struct trace_error *record, const struct misuse_view *view,
                                const char *where)
{
    return memory_text("Address 0x%" PRIx64 " is %s bytes %s a block of size %s %s",
                       record->address, NUMBER(view->offset), where, NUMBER(record->block_size),
                       view->freed ? "free'd" : "alloc'd");
}

/* No block is known to lie before what was overwritten. */
static char *words_of_malloc(const struct misuse *misuse)
{
    const struct trace_error *record = &misuse->record;

    if (!record->address && misuse->text && strstr(misuse->text, "unaligned"))
        return memory_text("A block was written to after it was freed; its memory is in use again, "
                           "so it is not known which (--guard=all finds it)");
    return record->address ? memory_text("Address 0x%" PRIx64 " is malloc's own", record->address)
                           : memory_text("No mark of malloc's was found overwritten");
}

static char *words_header_of(const struct trace_error *record)
{
    const struct trace_overwritten *of = &record->overwritten;

    switch (record->given & 0xff) {
    case TRACE_OVERWRITTEN_TOP:
        return memory_text("memory that malloc had not given out yet");
    case TRACE_OVERWRITTEN_FREE:
        return memory_text("free memory");
    default:
        return memory_text("a%s block of size %s alloc'd", of->stack_freed ? " freed" : "",
                           NUMBER(of->size));
    }
}

char *words_misuse_overwritten(const struct misuse *misuse, const struct misuse_view *view)
{
    const struct trace_error *record = &misuse->record;
    uint64_t bytes = record->given >> 8;

    if (record->kind != TRACE_MALLOC_ABORT || record->address == 0)
        return NULL;
    if ((record->given & 0xff) == TRACE_OVERWRITTEN_LINK)
        return memory_text("A link of malloc's stands there, which was overwritten");
    if (view->where == MISUSE_BEFORE)
        return memory_text("Its header stands there, which was overwritten");
    char *header = words_header_of(record);
    char *text = view->where == MISUSE_AFTER && bytes
                     ? memory_text("It was overrun by at least %s bytes, into the header of %s",
                                   NUMBER(bytes), header)
                     : memory_text("What was overwritten there is the header of %s", header);

    free(header);
    return text;
}

char *words_misuse_address(const struct misuse *misuse, const struct misuse_view *view)
{
    const struct trace_error *record = &misuse->record;

    switch (view->where) {
    case MISUSE_INSIDE:
        return words_beside_block(record, view, "inside");
    case MISUSE_BEFORE:
        return words_beside_block(record, view, "before");
    case MISUSE_AFTER:
        return words_beside_block(record, view, "after");
    case MISUSE_ON_STACK:
        return memory_text("Address 0x%" PRIx64 " is on %s stack", record->address,
                           view->is_main_thread ? "thread 1's" : "a thread's");
    case MISUSE_IN_VARIABLE:
        return memory_text("Address 0x%" PRIx64 " is %s bytes inside data symbol \"%s\"",
                           record->address, NUMBER(view->offset), misuse->variable);
    case MISUSE_IN_SECTION:
        return memory_text("Address 0x%" PRIx64 " is in the %s segment of %s", record->address,
                           misuse->place_section, misuse->place_file);
    case MISUSE_IN_FILE:
        return memory_text("Address 0x%" PRIx64 " is in a %s mapped file %s segment",
                           record->address, misuse->place_access, misuse->place_file);
    case MISUSE_IN_DATA:
        return memory_text("Address 0x%" PRIx64 " is in a program's or a library's data",
                           record->address);
    default:
        if (record->kind == TRACE_MALLOC_ABORT)
            return words_of_malloc(misuse);
        return memory_text("Address 0x%" PRIx64 " is not stack'd, malloc'd or (recently) free'd",
                           record->address);
    }
}

/* Where the function begins; else the call in it. Of a frame's positions the last one is the
 * function itself, the others are inlined in it. */
static struct shown_line words_creator(const struct options *options, const struct model *model,
                                       const struct misuse *misuse, const struct frame *frame)
{
    struct frame head = *frame;

    if (misuse->creator) {
        head.positions = misuse->creator;
        head.position_count = 1;
    }
    return shown_frame_line(options, model, &head, head.position_count - 1);
}

char *words_misuse_frame(const struct options *options, const struct model *model,
                         const struct misuse *misuse, const struct misuse_view *view)
{
    struct text_buffer text = {0};

    if (!view->has_frame)
        return NULL;
    struct stack stack = model_stack(model, misuse->stack);
    const struct frame *frame = &model->frames[stack.frames[view->frame]];
    struct shown_line line = words_creator(options, model, misuse, frame);
    const char *function = line.position->function;

    text_buffer_format(&text, "in frame #%" PRIu64 ", created by %s", view->frame,
                       function ? function : "???");
    words_add_source(&text, &line);
    return text.text;
}

/* --- stacks -------------------------------------------------------------- */

void words_add_source(struct text_buffer *text, const struct shown_line *line)
{
    if (!line->file && !*line->object)
        return;
    text_buffer_add(text, line->file ? " (" : " (in ");
    text_buffer_add(text, line->file ? line->file : line->object);
    if (line->file && line->number)
        text_buffer_format(text, ":%u", line->number);
    text_buffer_add(text, ")");
}

const char *words_stack_end(enum stack_end end)
{
    return end == STACK_CUT       ? "(the outer frames were not recorded)"
           : end == STACK_DAMAGED ? "(the outer frames are damaged in the log)"
                                  : NULL;
}
