#include "suppress/suppress_doubt.h"
#include <stdbool.h>
#include <string.h>
#include "base/memory.h"

/* --- tools --------------------------------------------------------------- */

/* All that valgrind's versions and their files have had. */
static const char *const known_tools[] = {
    "Memcheck",    "Addrcheck", "Helgrind",     "DRD",      "drd",     "core", "CoreError",
    "exp-sgcheck", "SGCheck",   "exp-ptrcheck", "Ptrcheck", "Massif",  "DHAT", "None",
    "Cachegrind",  "Callgrind", "Lackey",       "exp-dhat", "exp-bbv",
};

static bool equals(const char *text, size_t length, const char *word)
{
    return length == strlen(word) && memcmp(text, word, length) == 0;
}

static bool is_tool(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof known_tools / sizeof *known_tools; i++)
        if (equals(text, length, known_tools[i]))
            return true;
    return false;
}

/* A frame stands where the tool belongs: then the line in front of it was taken for the name. */
static bool is_frame(const char *text, size_t length)
{
    return equals(text, length, "fun") || equals(text, length, "obj") ||
           equals(text, length, "src") || equals(text, length, "match-leak-kinds");
}

static void doubt_tool(struct suppress_rules *rules, struct suppress_position position,
                       unsigned begins, const char *tool, size_t length)
{
    int shown = length < 60 ? (int)length : 60;

    if (is_frame(tool, length))
        suppress_rules_warn(
            rules, memory_text("%.180s: line %u: the entry that begins in line %u has no name, or "
                               "no tool and kind: a frame stands where they belong, so it "
                               "suppresses nothing; write a name and Memcheck:Leak above it",
                               position.file, position.line, begins));
    else
        suppress_rules_warn(
            rules, memory_text("%.180s: line %u: valgrind has no tool \"%.*s\", so this entry "
                               "suppresses nothing; for leaks write Memcheck:Leak",
                               position.file, position.line, shown, tool));
}

void suppress_doubt_tools(struct suppress_rules *rules, struct suppress_position position,
                          unsigned begins, const char *tools, size_t length)
{
    while (true) {
        const char *comma = memchr(tools, ',', length);
        size_t own = comma ? (size_t)(comma - tools) : length;

        if (!is_tool(tools, own)) {
            doubt_tool(rules, position, begins, tools, own);
            return;
        }
        if (!comma)
            return;
        tools += own + 1;
        length -= own + 1;
    }
}

/* --- names --------------------------------------------------------------- */

static const char *name_fault(const char *name, size_t length)
{
    if (length == 0)
        return "there is no name behind it";
    if (name[0] == ' ' || name[0] == '\t')
        return "the space after it is part of the name";
    for (size_t i = 1; i + 1 < length; i++)
        if (name[i + 1] == '#' && (name[i] == ' ' || name[i] == '\t'))
            return "a comment needs a line of its own; this one is part of the name";
    return NULL;
}

void suppress_doubt_name(struct suppress_rules *rules, struct suppress_position position,
                         const char *what, const char *name, size_t length)
{
    const char *fault = name_fault(name, length);
    int shown = length < 60 ? (int)length : 60;

    if (fault)
        suppress_rules_warn(rules,
                            memory_text("%.180s: line %u: \"%s:%.*s\" matches nothing: %s",
                                        position.file, position.line, what, shown, name, fault));
}
