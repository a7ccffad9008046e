#include "base/memory.h"
#include "suppress/suppress_glob.h"

/* Only the latest star is ever tried again: whatever an earlier one could have swallowed more, the
 * latest can too. That is what keeps many stars from costing more than one. */
static bool match(const char *glob, const char *text, char one_byte)
{
    const char *after_star = NULL, *retry_at = NULL;
    while (*text != '\0') {
        if (*glob == '*') {
            after_star = ++glob;
            retry_at = text;
            if (*glob == '\0')
                return true;
        } else if (*glob == *text || (*glob == one_byte && *glob != '\0')) {
            glob++;
            text++;
        } else if (after_star != NULL) {
            glob = after_star;
            text = ++retry_at;
        } else {
            return false;
        }
    }
    while (*glob == '*')
        glob++;
    return *glob == '\0';
}

bool suppress_glob_matches(const char *glob, const char *text)
{
    return match(glob, text, '?');
}

bool suppress_glob_matches_stars(const char *glob, const char *text)
{
    return match(glob, text, '\0');
}

char *suppress_glob_copy(const char *glob, size_t length)
{
    char *copy = memory_zeroed(length + 1, 1);
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (glob[i] != '*' || i == 0 || glob[i - 1] != '*')
            copy[used++] = glob[i];
    }
    copy[used] = '\0';
    return copy;
}

char *suppress_glob_from_template(const char *text, size_t length)
{
    bool from_start = length > 0 && text[0] == '^';
    bool to_end = length > (from_start ? 1u : 0u) && text[length - 1] == '$';
    char *glob = memory_zeroed(length + 3, 1);
    size_t used = 0;
    if (!from_start)
        glob[used++] = '*';
    for (size_t i = from_start; i < length - to_end; i++) {
        if (text[i] != '*' || used == 0 || glob[used - 1] != '*')
            glob[used++] = text[i];
    }
    if (!to_end && (used == 0 || glob[used - 1] != '*'))
        glob[used++] = '*';
    glob[used] = '\0';
    return glob;
}
