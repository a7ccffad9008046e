#include "life/env_entries.h"

#include "life/env.h"
#include "life/env_preload.h"
#include "os/message.h"
#include "os/pages.h"
#include "os/sys.h"

#include <string.h>

#define SINCE " --traced-since="

/* --- text ----------------------------------------------------------------- */

struct text {
    char *end;
    size_t space;
};

static void add(struct text *text, const char *from, size_t length)
{
    length = length < text->space ? length : text->space;
    memcpy(text->end, from, length);
    text->end += length;
    text->space -= length;
}

static void add_string(struct text *text, const char *string)
{
    add(text, string, strlen(string));
}

/* As it stands between double quotes in LIBTRACE_OPTIONS, which know no backslash. */
static void add_quoted(struct text *text, const char *string, bool is_format)
{
    for (; *string; string++) {
        if (*string == '"')
            add_string(text, "\"'\"'\"");
        else
            add(text, string, 1);
        if (*string == '%' && !is_format)
            add(text, string, 1);
    }
}

/* A relative name is the parent's, so its folder is. */
static void add_name(struct text *text, const char *option, const char *relative)
{
    static char folder[4096];
    if (!relative[0] || sys_is_error(sys_getcwd(folder, sizeof folder)) || folder[0] != '/')
        return;
    add_string(text, " \"");
    add_string(text, option);
    add_quoted(text, folder, false);
    add_string(text, "/");
    add_quoted(text, relative, true);
    add_string(text, "\"");
}

/* Without what a parent added for this process. */
static size_t length_of_given(const char *given, bool has_mark)
{
    size_t length = strlen(given);
    const size_t mark = sizeof SINCE - 1;
    for (size_t at = length; has_mark && at-- > 0;)
        if (strncmp(given + at, SINCE, mark) == 0)
            return at;
    return length;
}

static char *make_entry(struct text *text, const struct env_options *options, const char *given)
{
    size_t size = strlen(given) + (64u << 10);
    char *entry = pages_map(size);
    *text = (struct text){entry, size - 1};
    if (!entry)
        return NULL;
    add_string(text, ENV_ENTRIES_OPTIONS);
    add(text, given, length_of_given(given, options->traced_since != 0));
    return entry;
}

static void add_mark(struct text *text, const struct env_options *options, enum env_added added)
{
    char mark[64];
    message_format(mark, sizeof mark, added ? SINCE "%d,%d" : SINCE "%d",
                   (int64_t)options->traced_since, (int64_t)added);
    add_string(text, mark);
}

static const char *make_options(const struct env_options *options, enum env_added added)
{
    struct text text;
    char *entry = make_entry(&text, options, options->text);
    if (!entry)
        return NULL;
    add_name(&text, "--trace-file=", options->trace_relative);
    add_name(&text, "--log-file=", options->log_relative);
    add_mark(&text, options, added);
    return entry;
}

static const char *make_preload(const char *tracer)
{
    char *entry = pages_map(sizeof ENV_ENTRIES_PRELOAD + strlen(tracer));
    if (entry) {
        memcpy(entry, ENV_ENTRIES_PRELOAD, sizeof ENV_ENTRIES_PRELOAD - 1);
        memcpy(entry + sizeof ENV_ENTRIES_PRELOAD - 1, tracer, strlen(tracer));
    }
    return entry;
}

bool env_entries_make(struct env_entries *entries, const struct env_options *options,
                      const char *tracer)
{
    bool whole = env_preload_can_list(tracer) && (entries->preload = make_preload(tracer)) != NULL;
    for (int added = 0; added < ENV_ADDED_COUNT; added++)
        whole &= (entries->options[added] = make_options(options, added)) != NULL;
    return whole;
}

/* --- an heir's ------------------------------------------------------------ */

static void add_path(struct text *text, const char *option, const char *path)
{
    if (!path[0])
        return;
    add_string(text, " \"");
    add_string(text, option);
    add_quoted(text, path, false);
    add_string(text, "\"");
}

/* Its files are this program's, whatever has become of the variables and folders that their names
 * were made of. Behind the mark, so that an heir's heir does not have them twice. */
static const char *make_heir_options(const struct env_options *options, const char *given,
                                     const char *log, enum env_added added)
{
    struct text text;
    char *entry = make_entry(&text, options, given);
    if (!entry)
        return NULL;
    add_mark(&text, options, added);
    add_path(&text, "--trace-file=", log);
    add_path(&text, "--log-file=", options->log_file);
    return entry;
}

bool env_entries_make_heirs(struct env_entries *entries, const struct env_options *options,
                            const char *given, const char *log, const char *tracer)
{
    bool whole = (entries->preload = make_preload(tracer)) != NULL;
    for (int added = 0; added < ENV_ADDED_COUNT; added++)
        whole &= (entries->options[added] = make_heir_options(options, given, log, added)) != NULL;
    return whole;
}
