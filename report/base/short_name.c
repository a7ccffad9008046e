#include "base/short_name.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/text_buffer.h"

/* --- reading ------------------------------------------------------------- */

static bool short_is_word(char character)
{
    return isalnum((unsigned char)character) || character == '_' ||
           (unsigned char)character >= 0x80;
}

/* How long the operator's name is that begins here, its symbol included; 0: none does. */
static size_t short_operator(const char *name, const char *at)
{
    static const char word[] = "operator";
    static const char *const symbols[] = {"()", "[]", "<<=", ">>=", "<=>", "->*", "<<",
                                          ">>", "<=", ">=",  "->",  "<",   ">",   ","};
    size_t length = sizeof word - 1;

    if (strncmp(at, word, length) != 0 || short_is_word(at[length]) ||
        (at > name && short_is_word(at[-1])))
        return 0;
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        if (strncmp(at + length, symbols[i], strlen(symbols[i])) == 0)
            return length + strlen(symbols[i]);
    return length + strspn(at + length, "+-*/%&|^~!=");
}

/* The sign of what a function returns, "->", and comparisons and shifts between template arguments,
 * "(a)<(b)": how long it is; 0: none. An empty "()" in front ends a function's name. */
static size_t short_sign(const char *name, const char *at)
{
    size_t length = strspn(at, "<>=");

    if (at[0] == '-' && at[1] == '>')
        return 2;
    return length && at - name > 2 && at[-1] == ')' && at[-2] != '(' && at[length] == '(' ? length
                                                                                          : 0;
}

/* --- shortening ---------------------------------------------------------- */

struct short_reader {
    const char *name, *at;
    const char *operator_end; /* of the last one */
    struct text_buffer out;
    bool bad; /* a bracket that nothing opened, or nothing closes */
};

static void short_put(struct short_reader *reader, size_t length)
{
    text_buffer_format(&reader->out, "%.*s", (int)length, reader->at);
    reader->at += length;
}

/* What follows a name are arguments; what follows nothing is Rust's "<T as Trait>". */
static bool short_is_arguments(const struct short_reader *reader)
{
    const char *at = reader->at;

    if (at == reader->name)
        return false;
    if (at[-1] == ' ' && at - reader->name >= 2) /* "operator< <int>" */
        return !short_is_word(at[-2]) && at[-2] != ',';
    return at == reader->operator_end || short_is_word(at[-1]) ||
           (at[-1] == ':' && at - reader->name > 2) || at[-1] == '}' || strchr(">=])-", at[-1]);
}

static char short_closing(char opening)
{
    return opening == '(' ? ')' : opening == '<' ? '>' : opening == '[' ? ']' : '}';
}

/* What a bracket encloses. Nested ones are deep only in names that somebody made for the purpose.
 */
static void short_until(struct short_reader *reader, char end, unsigned depth);

static void short_bracket(struct short_reader *reader, unsigned depth)
{
    enum { DEEPEST = 200 };
    bool arguments = *reader->at == '<' && short_is_arguments(reader);
    char end = short_closing(*reader->at);

    reader->bad = depth == DEEPEST;
    short_put(reader, 1);
    size_t begin = reader->out.length;
    short_until(reader, end, depth + 1);
    if (reader->bad)
        return;
    if (arguments && reader->out.length - begin > SHORT_NAME_ARGUMENTS) {
        text_buffer_cut(&reader->out, begin);
        text_buffer_add(&reader->out, "...");
    }
    short_put(reader, 1);
}

static void short_until(struct short_reader *reader, char end, unsigned depth)
{
    while (*reader->at && *reader->at != end && !reader->bad) {
        size_t sign = short_operator(reader->name, reader->at);

        if (sign)
            reader->operator_end = reader->at + sign;
        else
            sign = short_sign(reader->name, reader->at);
        if (sign)
            short_put(reader, sign);
        else if (strchr("(<[{", *reader->at))
            short_bracket(reader, depth);
        else if (strchr(")>]}", *reader->at))
            reader->bad = true;
        else
            short_put(reader, 1);
    }
    reader->bad |= *reader->at != end;
}

/* The one type that everybody knows by another name. */
static void short_strings(char *name)
{
    static const char string[] =
        "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >";
    static const char instead[] = "std::string";

    for (char *found = name; (found = strstr(found, string)) != NULL;) {
        char *rest = found + sizeof string - 1;

        memcpy(found, instead, sizeof instead - 1);
        found += sizeof instead - 1;
        memmove(found, rest, strlen(rest) + 1);
    }
}

char *short_name(const char *name)
{
    char *copy = memory_text("%s", name);
    struct short_reader reader = {.name = copy, .at = copy};

    short_strings(copy);
    text_buffer_clear(&reader.out);
    short_until(&reader, '\0', 0);
    if (!reader.bad) /* it is never longer */
        memcpy(copy, reader.out.text, reader.out.length + 1);
    free(reader.out.text);
    return copy;
}

/* --- where it begins ----------------------------------------------------- */

/* Behind the bracket that begins here; its end if nothing closes it. */
static const char *short_behind(const char *name, const char *at)
{
    unsigned depth = 0;

    for (; *at; at++) {
        size_t sign = short_operator(name, at);

        if (!sign)
            sign = short_sign(name, at);
        at += sign ? sign - 1 : 0;
        if (sign)
            continue;
        depth += strchr("(<[{", *at) != NULL;
        depth -= strchr(")>]}", *at) != NULL;
        if (!depth)
            return at + 1;
    }
    return at;
}

/* A function's parameters end its name, but not those of "f(int)::{lambda()#1}", "(anonymous
 * namespace)::f", "decltype (x) f". */
static bool short_is_end(const char *name, const char *at)
{
    const char *behind = short_behind(name, at);

    return *at == '(' && at != name && at[-1] != ' ' && !(behind[0] == ':' && behind[1] == ':') &&
           !(behind[0] == ' ' && behind[1] && strncmp(behind, " const", 6) != 0 &&
             strncmp(behind, " [", 2) != 0);
}

const char *short_name_begin(const char *name)
{
    const char *begin = name;

    for (const char *at = name; *at;) {
        if (short_operator(name, at) || short_is_end(name, at))
            return begin;
        if (*at == ' ' && at[1])
            begin = at + 1;
        at = strchr("(<[{", *at) ? short_behind(name, at) : at + 1;
    }
    return begin;
}
