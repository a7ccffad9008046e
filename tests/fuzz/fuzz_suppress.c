/* fuzz_suppress.c: reads any bytes as a suppression file and searches it for a few stacks.
 *
 * Beyond crashes it looks for broken promises: an error without a sentence, an answer that changes
 * when the frames' answers are remembered, and a generated entry that does not match its record.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "suppress/suppress_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct frame {
    const char *function, *demangled, *object, *file;
    unsigned line;
};
static const struct frame frames[] = {
    {"malloc", NULL, "/opt/libtrace.so", NULL, 0},
    {"_Znwm", "operator new(unsigned long)", "/usr/lib/libstdc++.so.6", NULL, 0},
    {"aaaaaaaab", "a::b(int*)", "/usr/lib/liba.so", "/src/a.c", 12},
    {NULL, NULL, NULL, NULL, 0},
    {NULL, "inlined", "/bin/prog", "b.c", 7},
    {"aaaa", NULL, "/bin/pr\\og ", "/src/a.c", 13},
    {"main", NULL, "/bin/prog", "/src/main.c", 1},
    {"__libc_start_main", NULL, "/lib/libc.so.6", NULL, 0},
};
#define FRAMES_COUNT (sizeof frames / sizeof *frames)

/* One stack for each first frame. */
struct stack {
    size_t first;
    size_t count;
    bool remember;
};

static const struct frame *at(void *context, size_t frame)
{
    const struct stack *stack = context;
    if (frame >= stack->count)
        abort();
    return &frames[(stack->first + frame) % FRAMES_COUNT];
}
static bool exists(void *context, size_t frame)
{
    return frame < ((const struct stack *)context)->count;
}
static uint64_t identity(void *context, size_t frame)
{
    const struct stack *stack = context;
    return stack->remember ? (uint64_t)(at(context, frame) - frames) + 1 : 0;
}
static const char *function(void *context, size_t frame)
{
    return at(context, frame)->function;
}
static const char *demangled(void *context, size_t frame)
{
    return at(context, frame)->demangled;
}
static const char *inlined(void *context, size_t frame)
{
    return frame % 5 == 3 ? demangled(context, frame) : NULL;
}
static const char *object(void *context, size_t frame)
{
    return at(context, frame)->object;
}
static const char *file(void *context, size_t frame)
{
    return at(context, frame)->file;
}
static unsigned line(void *context, size_t frame)
{
    return at(context, frame)->line;
}

static struct suppress_entry *find(struct suppressions *suppressions, struct stack *stack,
                                   enum suppress_kind kind, bool remember)
{
    stack->remember = remember;
    const struct suppress_stack view = {.context = stack,
                                        .exists = exists,
                                        .identity = identity,
                                        .function = function,
                                        .demangled = demangled,
                                        .inlined = inlined,
                                        .object = object,
                                        .file = file,
                                        .line = line};
    return suppress_find(suppressions, kind, SUPPRESS_DEFINITE, &view);
}

static void search(struct suppressions *suppressions)
{
    for (size_t first = 0; first < FRAMES_COUNT; first++) {
        struct stack stack = {.first = first, .count = 3 * FRAMES_COUNT};
        for (int kind = 0; kind < SUPPRESS_KINDS_COUNT; kind++) {
            struct suppress_entry *entry =
                find(suppressions, &stack, (enum suppress_kind)kind, false);
            if (entry != find(suppressions, &stack, (enum suppress_kind)kind, true))
                abort();
            if (entry != NULL)
                suppress_count(entry, 1, 1, 1);
        }
    }
}

/* The input as the name of a function: what is generated from it must be readable and match. */
static const char *input_name;
static const char *name_of_input(void *context, size_t frame)
{
    (void)context;
    (void)frame;
    return input_name;
}
static void generate(const uint8_t *data, size_t size)
{
    char *name = strndup((const char *)data, size), *text = NULL;
    size_t length = 0;
    struct failure failure;
    struct stack stack = {.count = 2};
    input_name = name;
    const struct suppress_stack view = {
        .context = &stack, .exists = exists, .function = name_of_input};
    FILE *out = open_memstream(&text, &length);
    suppress_print_generated(out, SUPPRESS_LEAK, SUPPRESS_DEFINITE, &view);
    fclose(out);
    struct suppressions *suppressions = suppress_new(0);
    if (suppress_load_text(suppressions, "generated", text, length, &failure) != 0)
        abort();
    if (suppress_find(suppressions, SUPPRESS_LEAK, SUPPRESS_DEFINITE, &view) == NULL)
        abort();
    suppress_free(suppressions);
    free(text);
    free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct failure failure = {.text = ""};
    struct suppressions *suppressions = suppress_new(0);
    static FILE *nowhere;
    if (nowhere == NULL)
        nowhere = fopen("/dev/null", "w");
    if (suppress_load_text(suppressions, "fuzz", (const char *)data, size, &failure) != 0) {
        if (strncmp(failure.text, "fuzz: line ", 11) != 0 ||
            suppress_entries_count(suppressions) != 0)
            abort();
    } else {
        search(suppressions);
        suppress_print_used(nowhere, "", suppressions);
        suppress_print_unused(nowhere, "", suppressions);
    }
    suppress_free(suppressions);
    generate(data, size);
    return 0;
}
