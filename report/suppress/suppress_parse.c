#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "suppress/suppress_doubt.h"
#include "suppress/suppress_glob.h"
#include "suppress/suppress_parse.h"

/* A piece of the text, not NUL terminated. */
struct span {
    const char *text;
    size_t length;
};

struct parser {
    const char *file;
    const char *at; /* first byte not read */
    const char *end;
    unsigned line_number; /* of `line` */
    struct span line;     /* without blanks around it */
    struct suppress_rules *rules;
    struct failure *failure;
};

/* Kinds that Memcheck has and that no heap tracer can see: their entries are read over. */
static const char *const kinds_without_use[] = {
    "Value0",  "Value1",  "Value2",         "Value4",   "Value8",  "Value16",
    "Value32", "Cond",    "Jump",           "Overlap",  "User",    "FishyValue",
    "Mempool", "CoreMem", "UnsafeZeroSize", "BadAlign", "BadSize",
};
/* --- errors -------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static int fail(struct parser *parser, unsigned line,
                                                      const char *format, ...)
{
    char what[sizeof parser->failure->text - 200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return failure_set(parser->failure, "%.180s: line %u: %s", parser->file, line, what);
}

/* The line for an error's text: its beginning, with what a terminal could misread made "?". */
static const char *quote(struct span line, char *out, size_t size)
{
    size_t length = line.length < size - 1 ? line.length : size - 1;
    for (size_t i = 0; i < length; i++)
        out[i] = (unsigned char)line.text[i] < ' ' || line.text[i] == 127 ? '?' : line.text[i];
    out[length] = '\0';
    if (length < line.length)
        memcpy(out + length - 3, "...", 3);
    return out;
}

static struct suppress_position here(const struct parser *parser)
{
    return (struct suppress_position){parser->file, parser->line_number};
}

static int fail_at_end(struct parser *parser, unsigned begins)
{
    return fail(parser, begins,
                "the entry that begins here is not closed before the end of the file; write \"}\" "
                "on a line of its own after its last frame");
}

/* --- lines --------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static struct span trim(struct span span)
{
    while (span.length > 0 && is_blank(span.text[0])) {
        span.text++;
        span.length--;
    }
    while (span.length > 0 && is_blank(span.text[span.length - 1]))
        span.length--;
    return span;
}

static bool equals(struct span span, const char *text)
{
    return span.length == strlen(text) && memcmp(span.text, text, span.length) == 0;
}

static bool cut_prefix(struct span *span, const char *prefix)
{
    size_t length = strlen(prefix);
    if (span->length < length || memcmp(span->text, prefix, length) != 0)
        return false;
    span->text += length;
    span->length -= length;
    return true;
}

/* Next line that is neither blank nor a comment; false at the end of the text. */
static bool next_line(struct parser *parser)
{
    while (parser->at < parser->end) {
        const char *newline = memchr(parser->at, '\n', (size_t)(parser->end - parser->at));
        const char *end = newline != NULL ? newline : parser->end;
        parser->line = trim((struct span){parser->at, (size_t)(end - parser->at)});
        parser->at = newline != NULL ? newline + 1 : parser->end;
        parser->line_number++;
        if (parser->line.length > 0 && parser->line.text[0] != '#')
            return true;
    }
    return false;
}

/* --- the parts of an entry ----------------------------------------------- */

/* "tool1,tool2:Kind": is Memcheck among the tools? */
static bool names_memcheck(struct span tools)
{
    while (tools.length > 0) {
        const char *comma = memchr(tools.text, ',', tools.length);
        size_t length = comma != NULL ? (size_t)(comma - tools.text) : tools.length;
        if (equals((struct span){tools.text, length}, "Memcheck"))
            return true;
        length += comma != NULL;
        tools.text += length;
        tools.length -= length;
    }
    return false;
}

enum use { NO_USE, OF_USE, NOT_KNOWN };

/* The line below "Memcheck:Param". */
static enum use parse_parameter(struct span name, enum suppress_kind *kind)
{
    for (uint64_t i = 0; i < TRACE_PARAMETERS_COUNT; i++) {
        if (equals(name, suppress_parameter_name(i))) {
            *kind = (enum suppress_kind)(SUPPRESS_PARAM + i);
            return OF_USE;
        }
    }
    return NO_USE;
}

static enum use parse_kind(struct span name, enum suppress_kind *kind)
{
    for (size_t i = 0; i <= SUPPRESS_PARAM; i++) {
        if (equals(name, suppress_kind_name((enum suppress_kind)i))) {
            *kind = (enum suppress_kind)i;
            return OF_USE;
        }
    }
    for (size_t i = 0; i < sizeof kinds_without_use / sizeof *kinds_without_use; i++) {
        if (equals(name, kinds_without_use[i]))
            return NO_USE;
    }
    return NOT_KNOWN;
}

/* The line below the name. NO_USE when the entry is another tool's, or of a kind without use;
 * -1 after an error. */
static int parse_tools(struct parser *parser, struct suppress_rule *rule, unsigned begins)
{
    char shown[80];
    const char *colon = memchr(parser->line.text, ':', parser->line.length);
    if (colon == NULL)
        return fail(parser, parser->line_number,
                    "\"%s\" stands where tool and kind belong; write for example Memcheck:Leak",
                    quote(parser->line, shown, sizeof shown));
    struct span tools = {parser->line.text, (size_t)(colon - parser->line.text)};
    struct span kind = {colon + 1, parser->line.length - tools.length - 1};
    if (!names_memcheck(tools)) {
        suppress_doubt_tools(parser->rules, here(parser), begins, tools.text, tools.length);
        return NO_USE;
    }
    enum use use = parse_kind(kind, &rule->entry.kind);
    if (use == NOT_KNOWN)
        return fail(parser, parser->line_number,
                    "Memcheck has no kind of error named \"%s\"; for leaks write Memcheck:Leak",
                    quote(kind, shown, sizeof shown));
    return use;
}

static int parse_leak_kind(struct span word, unsigned *set)
{
    static const struct {
        const char *word;
        unsigned set;
    } words[] = {
        {"definite", SUPPRESS_DEFINITE}, {"possible", SUPPRESS_POSSIBLE},
        {"indirect", SUPPRESS_INDIRECT}, {"reachable", SUPPRESS_REACHABLE},
        {"all", SUPPRESS_ALL_LEAKS},     {"none", 0},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (equals(word, words[i].word)) {
            *set |= words[i].set;
            return 0;
        }
    }
    return -1;
}

static int parse_leak_kinds(struct parser *parser, struct span set, unsigned *kinds_out)
{
    char shown[80];
    *kinds_out = 0;
    for (;;) {
        const char *comma = memchr(set.text, ',', set.length);
        struct span word = {set.text, comma != NULL ? (size_t)(comma - set.text) : set.length};
        if (parse_leak_kind(trim(word), kinds_out) != 0)
            return fail(parser, parser->line_number,
                        "match-leak-kinds does not know \"%s\"; write definite, indirect, "
                        "possible, reachable (with commas between them), all or none",
                        quote(word, shown, sizeof shown));
        if (comma == NULL)
            return 0;
        set.length -= word.length + 1;
        set.text = comma + 1;
    }
}

/* "file:12" into file and 12; without a number after the colon all of it is the file. */
static unsigned cut_line_number(struct span *source)
{
    size_t i = source->length;
    unsigned long number = 0, unit = 1;
    while (i > 0 && source->text[i - 1] >= '0' && source->text[i - 1] <= '9' && unit < 1000000000) {
        number += unit * (unsigned long)(source->text[--i] - '0');
        unit *= 10;
    }
    if (i == 0 || i == source->length || source->text[i - 1] != ':')
        return 0;
    source->length = i - 1;
    return (unsigned)number;
}

static const char *const frame_words[] = {
    [SUPPRESS_FUNCTION] = "fun",
    [SUPPRESS_OBJECT] = "obj",
    [SUPPRESS_SOURCE] = "src",
};

/* 0, 1: the line is no frame. */
static int parse_frame_kind(struct span *line, struct suppress_pattern *pattern)
{
    pattern->line = 0;
    if (equals(*line, "..."))
        pattern->kind = SUPPRESS_DOTS;
    else if (cut_prefix(line, "fun:"))
        pattern->kind = SUPPRESS_FUNCTION;
    else if (cut_prefix(line, "obj:"))
        pattern->kind = SUPPRESS_OBJECT;
    else if (cut_prefix(line, "src:"))
        pattern->kind = SUPPRESS_SOURCE;
    else
        return 1;
    return 0;
}

static int parse_frame(struct parser *parser, struct suppress_rule *rule)
{
    char shown[80];
    struct span line = parser->line;
    struct suppress_pattern pattern = {0};
    if (parse_frame_kind(&line, &pattern) != 0)
        return fail(
            parser, parser->line_number,
            "\"%s\" is not a frame of a call stack; write fun:NAME, obj:PATH, src:FILE[:LINE] "
            "or ..., and \"}\" after the last",
            quote(line, shown, sizeof shown));
    if (pattern.kind == SUPPRESS_DOTS) {
        /* Two in a row mean the same as one, and cost matching a state. */
        if (rule->patterns_count == 0 ||
            rule->patterns[rule->patterns_count - 1].kind != SUPPRESS_DOTS)
            suppress_rule_add(rule, pattern);
        return 0;
    }
    suppress_doubt_name(parser->rules, here(parser), frame_words[pattern.kind], line.text,
                        line.length);
    if (pattern.kind == SUPPRESS_SOURCE)
        pattern.line = cut_line_number(&line);
    pattern.glob = suppress_glob_copy(line.text, line.length);
    suppress_rule_add(rule, pattern);
    return 0;
}

/* The frames up to "}", of which valgrind takes no more than a stack has; the parser stands on the
 * first line after tool and kind. */
static int parse_frames(struct parser *parser, struct suppress_rule *rule, unsigned begins)
{
    unsigned frames = 0;
    for (; !equals(parser->line, "}"); frames++) {
        bool counts = parser->rules->callers == 0 || frames < parser->rules->callers;
        if (counts && parse_frame(parser, rule) != 0)
            return -1;
        if (!next_line(parser))
            return fail_at_end(parser, begins);
    }
    while (rule->patterns_count > 0 &&
           rule->patterns[rule->patterns_count - 1].kind == SUPPRESS_DOTS)
        rule->patterns_count--;
    if (rule->patterns_count > 0)
        return 0;
    return fail(parser, parser->line_number,
                "the entry \"%.200s\" %s; add a fun:, obj: or src: line", rule->entry.name,
                frames == 0 ? "has no frames and would match everything"
                            : "has no frame but \"...\" and would match everything");
}

/* Another tool's entry, or one of a kind without use: its lines say nothing to us. */
static int skip_entry(struct parser *parser, unsigned begins)
{
    while (next_line(parser)) {
        if (equals(parser->line, "}"))
            return 0;
        if (equals(parser->line, "{"))
            return fail(parser, parser->line_number,
                        "a new entry begins before the one of line %u is closed; write \"}\" on a "
                        "line of its own before this one",
                        begins);
    }
    return fail_at_end(parser, begins);
}

/* --- entries ------------------------------------------------------------- */

static struct suppress_rule *new_rule(const struct parser *parser)
{
    return suppress_rule_new(parser->line.text, parser->line.length, parser->file,
                             parser->line_number);
}

/* From the line of tool and kind on. 0: nothing to keep, 1: a rule to keep, -1. */
static int parse_entry_body(struct parser *parser, struct suppress_rule *rule, unsigned begins)
{
    int use = parse_tools(parser, rule, begins);
    if (use == NO_USE)
        return skip_entry(parser, begins);
    if (use < 0)
        return -1;
    if (!next_line(parser))
        return fail_at_end(parser, begins);
    struct span set = parser->line;
    if (rule->entry.kind >= SUPPRESS_PARAM && !equals(set, "}")) {
        if (parse_parameter(set, &rule->entry.kind) == NO_USE)
            return skip_entry(parser, begins); /* of a call that is not looked at */
        if (!next_line(parser))
            return fail_at_end(parser, begins);
    }
    if (rule->entry.kind == SUPPRESS_LEAK && cut_prefix(&set, "match-leak-kinds:")) {
        if (parse_leak_kinds(parser, set, &rule->entry.leak_kinds) != 0)
            return -1;
        if (!next_line(parser))
            return fail_at_end(parser, begins);
    }
    return parse_frames(parser, rule, begins) == 0 ? 1 : -1;
}

/* The parser stands on "{". */
static int parse_entry(struct parser *parser, struct suppress_rules *rules)
{
    unsigned begins = parser->line_number;
    if (!next_line(parser))
        return fail_at_end(parser, begins);
    if (equals(parser->line, "}") || equals(parser->line, "{"))
        return fail(parser, parser->line_number,
                    "the entry of line %u has no name; write one on the line after its \"{\"",
                    begins);
    struct suppress_rule *rule = new_rule(parser);
    int keep =
        next_line(parser) ? parse_entry_body(parser, rule, begins) : fail_at_end(parser, begins);
    if (keep == 1)
        suppress_rules_keep(rules, rule);
    else
        suppress_rule_free(rule);
    return keep < 0 ? -1 : 0;
}

/* "leak:template" matches a name of any frame, so dots stand before it. */
static int parse_leak_line(struct parser *parser, struct suppress_rules *rules, struct span text)
{
    if (text.length == 0)
        return fail(parser, parser->line_number,
                    "\"leak:\" without a name would match everything; write leak:NAME");
    struct suppress_rule *rule = new_rule(parser);
    suppress_doubt_name(rules, here(parser), "leak", text.text, text.length);
    suppress_rule_add(rule, (struct suppress_pattern){.kind = SUPPRESS_DOTS});
    suppress_rule_add(rule, (struct suppress_pattern){
                                .kind = SUPPRESS_ANY_NAME,
                                .glob = suppress_glob_from_template(text.text, text.length)});
    suppress_rules_keep(rules, rule);
    return 0;
}

static int parse_lines(struct parser *parser, struct suppress_rules *rules)
{
    char shown[80];
    while (next_line(parser)) {
        struct span text = parser->line;
        int result;
        if (equals(text, "{"))
            result = parse_entry(parser, rules);
        else if (cut_prefix(&text, "leak:"))
            result = parse_leak_line(parser, rules, text);
        else
            result = fail(
                parser, parser->line_number,
                "\"%s\" does not begin an entry; valgrind's entries begin with \"{\" on a line of "
                "its own, LeakSanitizer's with \"leak:\"",
                quote(text, shown, sizeof shown));
        if (result != 0)
            return result;
    }
    return 0;
}

/* --- the room's functions ------------------------------------------------ */

static unsigned count_lines(const char *text, const char *end)
{
    unsigned lines = 1;
    while ((text = memchr(text, '\n', (size_t)(end - text))) != NULL) {
        lines++;
        text++;
    }
    return lines;
}

int suppress_parse_text(struct suppress_rules *rules, const char *file, const char *text,
                        size_t size, struct failure *failure)
{
    struct parser parser = {
        .file = file, .at = text, .end = text + size, .rules = rules, .failure = failure};
    struct span mark = {text, size};
    size_t before = rules->count;
    const char *nul = size > 0 ? memchr(text, '\0', size) : NULL;
    if (nul != NULL)
        return fail(&parser, count_lines(text, nul),
                    "there is a NUL byte at offset %zu; this is not text; name a suppression file",
                    (size_t)(nul - text));
    if (cut_prefix(&mark, "\xef\xbb\xbf")) /* an editor's UTF-8 mark */
        parser.at = mark.text;
    if (parse_lines(&parser, rules) == 0)
        return 0;
    suppress_rules_cut(rules, before);
    return -1;
}
