#include "read/stack_use.h"
#include <stddef.h>

static const struct {
    const char *name;
    size_t offset;
} figures[] = {{"allocations", offsetof(struct stack_use, allocations)},
               {"frees", offsetof(struct stack_use, frees)},
               {"bytes_allocated", offsetof(struct stack_use, bytes_allocated)},
               {"bytes_freed", offsetof(struct stack_use, bytes_freed)},
               {"temporary", offsetof(struct stack_use, temporary)},
               {"bytes_at_peak", offsetof(struct stack_use, bytes_at_peak)},
               {"blocks_at_peak", offsetof(struct stack_use, blocks_at_peak)},
               {"reallocs", offsetof(struct stack_use, reallocs)},
               {"moved", offsetof(struct stack_use, moved)},
               {"bytes_copied", offsetof(struct stack_use, bytes_copied)},
               {"bytes_mapped", offsetof(struct stack_use, bytes_mapped)},
               {"mappings", offsetof(struct stack_use, mappings)},
               {"mapped_own_bytes", offsetof(struct stack_use, own_bytes)}};
_Static_assert(sizeof figures / sizeof *figures == STACK_USE_FIGURES, "a figure has no line");

const char *stack_use_name(unsigned number)
{
    return figures[number].name;
}

uint64_t *stack_use_figure(struct stack_use *use, unsigned number)
{
    return (uint64_t *)((char *)use + figures[number].offset);
}

uint64_t stack_use_value(const struct stack_use *use, unsigned number)
{
    return *(const uint64_t *)((const char *)use + figures[number].offset);
}

void stack_use_add(struct stack_use *to, const struct stack_use *from)
{
    for (unsigned i = 0; i < STACK_USE_FIGURES; i++)
        *stack_use_figure(to, i) += stack_use_value(from, i);
}

bool stack_use_is_any(const struct stack_use *use)
{
    for (unsigned i = 0; i < STACK_USE_FIGURES; i++)
        if (stack_use_value(use, i))
            return true;
    return false;
}
