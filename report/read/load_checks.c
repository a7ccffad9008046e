#include "read/load_checks.h"
#include <inttypes.h>
#include <stdlib.h>
#include "base/memory.h"
#include "base/number_text.h"

static bool load_check(const struct log_reader *reader, uint64_t number, struct trace_check *check)
{
    return log_reader_copy(reader, TRACE_CHECKS, (number - 1) % TRACE_CHECKS_KEPT, check) &&
           check->number == (uint32_t)number;
}

static char *load_found(const struct trace_leaks *leaks)
{
    static const struct {
        enum trace_leak_kind kind;
        const char *name;
    } kinds[] = {{TRACE_DEFINITELY_LOST, " definitely lost, "},
                 {TRACE_INDIRECTLY_LOST, " indirectly lost and "},
                 {TRACE_POSSIBLY_LOST, " possibly lost"}};
    char *parts[3], *text;

    for (int i = 0; i < 3; i++)
        parts[i] =
            memory_text("%s bytes in %s blocks%s", number_text(leaks->bytes[kinds[i].kind]).text,
                        number_text(leaks->blocks[kinds[i].kind]).text, kinds[i].name);
    text = memory_text("%s%s%s", parts[0], parts[1], parts[2]);
    for (int i = 0; i < 3; i++)
        free(parts[i]);
    return text;
}

static void load_note_check(struct model *model, const struct trace_check *check)
{
    char *when = memory_text("%" PRIu64 ".%03" PRIu64 " s", check->time_ns / 1000000000,
                             check->time_ns / 1000000 % 1000);
    const char *obstacle = trace_obstacle_text(check->obstacle);
    bool was_made = check->scan == TRACE_SCAN_DONE || check->scan == TRACE_SCAN_IN_PLACE;
    char *what = was_made ? load_found(&check->leaks)
                          : memory_text("%s", obstacle ? obstacle : "it was interrupted");

    model_add_note(model, was_made ? NOTE_CHECK_FOUND : NOTE_CHECK_FAILED, model->header.checks,
                   when, what);
    free(when);
    free(what);
}

void load_checks(const struct log_reader *reader, struct model *model)
{
    struct trace_check check;

    if (model->header.checks && load_check(reader, model->header.checks, &check))
        load_note_check(model, &check);
}
