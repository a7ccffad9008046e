#include <inttypes.h>
#include <string.h>
#include "base/number_text.h"
#include "base/safe_text.h"
#include "suppress/suppress_frame.h"
#include "suppress/suppress_print.h"
#include "suppress/suppress_rules.h"
#include "suppress/suppress_stack.h"

/* --- lists --------------------------------------------------------------- */

static void print_place(FILE *out, const struct suppress_entry *entry)
{
    safe_text_put(out, entry->name);
    fputc(' ', out);
    safe_text_put(out, entry->file);
    fprintf(out, ":%u", entry->line);
}

static void print_used(FILE *out, const char *prefix, const struct suppress_entry *entry)
{
    fprintf(out, "%sused_suppression: %6" PRIu64 " ", prefix, entry->times);
    print_place(out, entry);
    if (entry->kind == SUPPRESS_LEAK && entry->blocks > 0)
        fprintf(out, " suppressed: %s bytes in %s blocks", number_text(entry->bytes).text,
                number_text(entry->blocks).text);
    fputc('\n', out);
}

void suppress_print_used(FILE *out, const char *prefix, const struct suppressions *suppressions)
{
    for (size_t i = 0; i < suppress_entries_count(suppressions); i++) {
        const struct suppress_entry *entry = suppress_entry_at(suppressions, i);
        if (entry->times > 0)
            print_used(out, prefix, entry);
    }
}

void suppress_print_unused(FILE *out, const char *prefix, const struct suppressions *suppressions)
{
    for (size_t i = 0; i < suppress_entries_count(suppressions); i++) {
        const struct suppress_entry *entry = suppress_entry_at(suppressions, i);
        if (entry->times != 0)
            continue;
        fprintf(out, "%sunused_suppression: ", prefix);
        print_place(out, entry);
        fputc('\n', out);
    }
}

/* --- new entries --------------------------------------------------------- */

/* valgrind refuses a file with a longer entry. */
#define GENERATED_MAX 24

static const char *leak_kind_name(unsigned leak_kind)
{
    switch (leak_kind) {
    case SUPPRESS_REACHABLE:
        return "reachable";
    case SUPPRESS_POSSIBLE:
        return "possible";
    case SUPPRESS_INDIRECT:
        return "indirect";
    default:
        return "definite";
    }
}

static const char *known(const char *(*question)(void *, size_t),
                         const struct suppress_stack *stack, size_t frame)
{
    const char *text = question != NULL ? question(stack->context, frame) : NULL;
    return text != NULL && *text != '\0' ? text : NULL;
}

static bool is_below_main(const struct suppress_stack *stack, size_t frame)
{
    const char *name = known(stack->function, stack, frame);
    return name != NULL && suppress_frame_is_below_main(name);
}

static const char *name_for_valgrind(const struct suppress_stack *stack, size_t frame)
{
    const char *inlined = known(stack->inlined, stack, frame);
    if (inlined != NULL && strcmp(inlined, SUPPRESS_INLINED) == 0)
        return "*"; /* a later valgrind may know it */
    const char *name = inlined ? inlined : known(stack->function, stack, frame);
    const char *other = name != NULL ? suppress_frame_other_name(name, frame) : NULL;
    return other != NULL ? other : name;
}

/* Frame `frame` as "fun" or "obj" and a text; false behind the last frame of a generated entry. */
struct generated_line {
    const char *what;
    const char *text;
};
static bool generated_line(const struct suppress_stack *stack, size_t frame,
                           struct generated_line *line)
{
    if (frame >= GENERATED_MAX || !stack->exists(stack->context, frame))
        return false;
    /* valgrind shows libc's start code as one frame. */
    if (frame > 0 && is_below_main(stack, frame - 1))
        return false;
    *line = (struct generated_line){"fun", name_for_valgrind(stack, frame)};
    if (line->text == NULL)
        line->text = known(stack->demangled, stack, frame);
    if (line->text == NULL)
        *line = (struct generated_line){"obj", known(stack->object, stack, frame)};
    if (line->text == NULL)
        line->text = "*";
    return true;
}

/* The text as a glob that matches it: what a file's lines cannot hold (line ends, blanks at either
 * end) and what no terminal should be shown as "?". Stars and question marks match themselves. */
static void print_glob(FILE *out, const char *text)
{
    int safe;
    for (size_t i = 0, length; text[i] != '\0'; i += length) {
        length = safe_text_next(text + i, &safe);
        bool at_end = i == 0 || text[i + length] == '\0';
        if (at_end && (text[i] == ' ' || text[i] == '\t'))
            safe = 0;
        fwrite(safe ? text + i : "????", 1, length, out);
    }
}

void suppress_print_generated(FILE *out, enum suppress_kind kind, unsigned leak_kinds,
                              const struct suppress_stack *stack)
{
    struct suppress_stack longer;
    struct generated_line line;
    fprintf(out, "{\n   <insert_a_suppression_name_here>\n   Memcheck:%s\n",
            suppress_kind_name(kind));
    if (kind == SUPPRESS_LEAK && leak_kinds != SUPPRESS_ALL_LEAKS)
        fprintf(out, "   match-leak-kinds: %s\n", leak_kind_name(leak_kinds));
    if (kind >= SUPPRESS_PARAM)
        fprintf(out, "   %s\n", suppress_parameter_name(kind - SUPPRESS_PARAM));
    /* Versions of valgrind differ in whether there is a frame of memalign's. */
    if (suppress_stack_lengthen(&longer, stack))
        fputs("   ...\n", out);
    for (size_t frame = 0; generated_line(stack, frame, &line); frame++) {
        fprintf(out, "   %s:", line.what);
        print_glob(out, line.text);
        fputc('\n', out);
    }
    fputs("}\n", out);
}
