#include "judge/diff/old_logs.h"
#include <string.h>

bool old_logs_differ(const struct process_entry *old, const struct process_entry *now)
{
    return strcmp(old->program, now->program) != 0;
}

static uint32_t old_partner(const struct process_tree *from, const struct process_tree *in,
                            uint32_t number)
{
    if (from->count == 1 && in->count == 1)
        return 0;
    for (uint32_t i = 0; i < in->count; i++)
        if (!old_logs_differ(&in->entries[i], &from->entries[number]) &&
            in->entries[i].rank == from->entries[number].rank)
            return i;
    return PROCESS_NONE;
}

uint32_t old_logs_of(const struct process_tree *old, const struct process_tree *now,
                     uint32_t number)
{
    return old_partner(now, old, number);
}

bool old_logs_is_left(const struct process_tree *old, const struct process_tree *now,
                      uint32_t number)
{
    return old_partner(old, now, number) == PROCESS_NONE;
}
