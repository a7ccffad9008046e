#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fake_stack.h"

static const struct fake_frame *ask(void *context, size_t frame)
{
    struct fake_stack *stack = context;
    assert_true(frame < stack->count);
    stack->asked++;
    if (frame > stack->deepest)
        stack->deepest = frame;
    return &stack->frames[frame];
}
static bool exists(void *context, size_t frame)
{
    return frame < ((struct fake_stack *)context)->count;
}
static uint64_t identity(void *context, size_t frame)
{
    struct fake_stack *stack = context;
    return stack->with_identity ? (uint64_t)(uintptr_t)&stack->frames[frame] : 0;
}
static const char *function(void *context, size_t frame)
{
    return ask(context, frame)->function;
}
static const char *demangled(void *context, size_t frame)
{
    return ask(context, frame)->demangled;
}
static const char *inlined(void *context, size_t frame)
{
    return ask(context, frame)->inlined;
}
static const char *object(void *context, size_t frame)
{
    return ask(context, frame)->object;
}
static const char *file(void *context, size_t frame)
{
    return ask(context, frame)->file;
}
static unsigned line(void *context, size_t frame)
{
    return ask(context, frame)->line;
}

struct suppress_stack fake_stack_view(struct fake_stack *stack)
{
    return (struct suppress_stack){stack,   exists, identity, function, demangled,
                                   inlined, object, file,     line};
}

struct suppressions *fake_load(const char *text)
{
    struct failure failure = {.text = ""};
    struct suppressions *suppressions = suppress_new(0);
    if (suppress_load_text(suppressions, "test.supp", text, strlen(text), &failure) != 0)
        fail_msg("%s", failure.text);
    return suppressions;
}

const char *fake_find_in(struct suppressions *suppressions, const struct fake_frame *frames,
                         size_t count)
{
    struct fake_stack stack = {.frames = frames, .count = count};
    struct suppress_stack view = fake_stack_view(&stack);
    struct suppress_entry *entry =
        suppress_find(suppressions, SUPPRESS_LEAK, SUPPRESS_DEFINITE, &view);
    return entry != NULL ? entry->name : "none";
}

const char *fake_find(struct suppressions *suppressions, const char *const *functions)
{
    struct fake_frame frames[64] = {{0}};
    size_t count = 0;
    for (; functions[count] != NULL; count++)
        frames[count].function = functions[count];
    return fake_find_in(suppressions, frames, count);
}
