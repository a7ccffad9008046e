#include "judge/fingerprint.h"
#include <stdlib.h>
#include <stdbool.h>
#include <string.h>
#include "base/memory.h"
#include "judge/shown_stack.h"

/* FNV-1a, and a byte that is in no text behind each. */
static uint64_t fingerprint_add(uint64_t hash, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    return (hash ^ 0xff) * 0x100000001b3u;
}

/* Rust's "::h" and 16 digits, which change with each compiler. */
static bool fingerprint_is_rust_hash(const char *text)
{
    return strncmp(text, "::h", 3) == 0 && strspn(text + 3, "0123456789abcdef") == 16 &&
           text[3 + 16] == 0;
}

size_t fingerprint_name_length(const char *name)
{
    static const char *const added[] = {".isra.", ".part.", ".constprop.", ".cold", ".lto_priv.",
                                        ".llvm.", "@"};
    size_t length = strlen(name);

    if (length > 19 && fingerprint_is_rust_hash(name + length - 19))
        length -= 19;
    for (size_t i = 0; i < sizeof added / sizeof *added; i++) {
        const char *found = strstr(name, added[i]);

        if (found && found > name && (size_t)(found - name) < length)
            length = (size_t)(found - name);
    }
    return length;
}

/* Of a frame without a name the module's is taken, without what stands behind its first point: a
 * library's version. */
static uint64_t fingerprint_add_line(uint64_t hash, const struct shown_line *line)
{
    const char *slash = strrchr(line->object, '/');
    const char *module = slash ? slash + 1 : line->object;

    if (line->function)
        return fingerprint_add(hash, line->function, fingerprint_name_length(line->function));
    return fingerprint_add(hash, module, strcspn(module, "."));
}

/* A hundred thousand may be alike. */
static uint32_t fingerprint_next(struct fingerprints *seen, uint64_t hash)
{
    uint32_t known = seen->hashes.count;
    uint32_t number = intern_put(&seen->hashes, &hash, sizeof hash);

    if (number == known) {
        memory_reserve(seen->ordinals, known, seen->capacity);
        seen->ordinals[number] = 0;
    }
    return ++seen->ordinals[number];
}

void fingerprints_free(struct fingerprints *seen)
{
    intern_free(&seen->hashes);
    free(seen->ordinals);
    *seen = (struct fingerprints){0};
}

struct fingerprint fingerprint_of(const struct options *options, const struct model *model,
                                  enum finding finding, uint32_t stack, struct fingerprints *seen)
{
    const char *kind = finding_rule(finding)->name;
    struct shown_stack shown;
    struct shown_line line;
    uint64_t hash = fingerprint_add(0xcbf29ce484222325u, kind, strlen(kind));

    shown_stack_begin(&shown, options, model, stack);
    while (shown_stack_next(&shown, &line))
        hash = fingerprint_add_line(hash, &line);
    return (struct fingerprint){hash, fingerprint_next(seen, hash)};
}
