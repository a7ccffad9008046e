#include "suppress/suppress_stack.h"
#include <string.h>

/* The context of the longer stack is the other one: its frame 0 is memalign, in the same object,
 * and its frame n the other's frame n - 1. */

static const struct suppress_stack *shorter(void *context)
{
    return context;
}

static bool exists(void *context, size_t frame)
{
    const struct suppress_stack *stack = shorter(context);
    return frame == 0 || stack->exists(stack->context, frame - 1);
}

/* Frame 0 is of no other stack, and not remembered. */
static uint64_t identity(void *context, size_t frame)
{
    const struct suppress_stack *stack = shorter(context);
    return frame > 0 && stack->identity ? stack->identity(stack->context, frame - 1) : 0;
}

static const char *function(void *context, size_t frame)
{
    const struct suppress_stack *stack = shorter(context);
    return frame == 0 ? "memalign" : stack->function(stack->context, frame - 1);
}

static const char *demangled(void *context, size_t frame)
{
    const struct suppress_stack *stack = shorter(context);
    return frame > 0 && stack->demangled ? stack->demangled(stack->context, frame - 1) : NULL;
}

static const char *inlined(void *context, size_t frame)
{
    const struct suppress_stack *stack = shorter(context);
    return frame > 0 && stack->inlined ? stack->inlined(stack->context, frame - 1) : NULL;
}

static const char *object(void *context, size_t frame)
{
    const struct suppress_stack *stack = shorter(context);
    return stack->object ? stack->object(stack->context, frame ? frame - 1 : 0) : NULL;
}

static const char *file(void *context, size_t frame)
{
    const struct suppress_stack *stack = shorter(context);
    return frame > 0 && stack->file ? stack->file(stack->context, frame - 1) : NULL;
}

static unsigned line(void *context, size_t frame)
{
    const struct suppress_stack *stack = shorter(context);
    return frame > 0 && stack->line ? stack->line(stack->context, frame - 1) : 0;
}

bool suppress_stack_lengthen(struct suppress_stack *longer, const struct suppress_stack *stack)
{
    if (!stack->function || !stack->exists(stack->context, 0))
        return false;
    const char *innermost = stack->function(stack->context, 0);
    if (!innermost || strcmp(innermost, "posix_memalign") != 0)
        return false;
    *longer = (struct suppress_stack){.context = (void *)(uintptr_t)stack,
                                      .exists = exists,
                                      .identity = identity,
                                      .function = function,
                                      .demangled = demangled,
                                      .inlined = inlined,
                                      .object = object,
                                      .file = file,
                                      .line = line};
    return true;
}
