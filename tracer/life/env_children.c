#include "life/env_children.h"

#include "life/env.h"
#include "life/env_preload.h"
#include "os/message.h"
#include "os/pages.h"
#include "os/sys.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define PRELOAD    "LD_PRELOAD="
#define OPTIONS    "LIBTRACE_OPTIONS="
#define SINCE      " --traced-since="
#define BYTES_MOST (64u << 10) /* of the caller's stack */

static struct {
    const char *tracer;                   /* its absolute path; NULL: children are not traced */
    const char *preload;                  /* the entry, of the tracer alone */
    const char *options[ENV_ADDED_COUNT]; /* the entry, marked by what was added with it */
    bool quiet;
} children;

bool env_children_is_on(void)
{
    return children.tracer != NULL;
}

/* --- the options of children --------------------------------------------- */

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
static size_t length_of_given(const struct env_options *options)
{
    size_t length = strlen(options->text);
    const size_t mark = sizeof SINCE - 1;
    for (size_t at = length; options->traced_since && at-- > 0;)
        if (strncmp(options->text + at, SINCE, mark) == 0)
            return at;
    return length;
}

static const char *make_options(const struct env_options *options, enum env_added added)
{
    char mark[64];
    size_t size = strlen(options->text) + (64u << 10);
    char *entry = pages_map(size);
    struct text text = {entry, size - 1};
    if (!entry)
        return NULL;
    add_string(&text, OPTIONS);
    add(&text, options->text, length_of_given(options));
    add_name(&text, "--trace-file=", options->trace_relative);
    add_name(&text, "--log-file=", options->log_relative);
    message_format(mark, sizeof mark, added ? SINCE "%d,%d" : SINCE "%d",
                   (int64_t)options->traced_since, (int64_t)added);
    add_string(&text, mark);
    return entry;
}

static const char *make_preload(const char *tracer)
{
    char *entry = pages_map(sizeof PRELOAD + strlen(tracer));
    if (entry) {
        memcpy(entry, PRELOAD, sizeof PRELOAD - 1);
        memcpy(entry + sizeof PRELOAD - 1, tracer, strlen(tracer));
    }
    return entry;
}

void env_children_begin(const struct env_options *options, const char *tracer)
{
    bool whole = env_preload_can_list(tracer) && (children.preload = make_preload(tracer)) != NULL;
    for (int added = 0; added < ENV_ADDED_COUNT; added++)
        whole &= (children.options[added] = make_options(options, added)) != NULL;
    if (!whole)
        return;
    children.quiet = options->quiet;
    children.tracer = tracer;
    for (char **entry = __environ; entry && *entry; entry++)
        if (strncmp(*entry, OPTIONS, sizeof OPTIONS - 1) == 0)
            *entry = (char *)children.options[ENV_ADDED_NOTHING];
}

/* --- reading a program's environment ------------------------------------- */

struct reader {
    uintptr_t page; /* that is known to be there; 0: none is */
};

static bool can_read(struct reader *reader, const void *address)
{
    uintptr_t page = (uintptr_t)address / SYS_PAGE;
    if (page && page == reader->page)
        return true;
    if (!sys_can_read((uintptr_t)address & ~(uintptr_t)7))
        return false;
    reader->page = page;
    return true;
}

/* Whether an entry's name is this one. */
static bool is_named(struct reader *reader, const char *entry, const char *name)
{
    for (; *name; name++, entry++)
        if (!can_read(reader, entry) || *entry != *name)
            return false;
    return true;
}

static bool is_whole(struct reader *reader, const char *text)
{
    while (can_read(reader, text))
        if (!*text++)
            return true;
    return false;
}

/* Finds the indices of the two entries. false: it cannot be read. */
static bool look_through(struct env_children_plan *plan, char *const environment[])
{
    struct reader pointers = {0}, text = {0};
    size_t preload_at = SIZE_MAX, options_at = SIZE_MAX, i = 0;
    for (; environment; i++) {
        if (!can_read(&pointers, &environment[i]))
            return false;
        const char *entry = environment[i];
        if (!entry)
            break;
        if (!can_read(&text, entry))
            return false;
        if (preload_at == SIZE_MAX && is_named(&text, entry, PRELOAD))
            preload_at = i;
        else if (options_at == SIZE_MAX && is_named(&text, entry, OPTIONS))
            options_at = i;
    }
    plan->given = environment;
    plan->count = i;
    plan->preload_at = preload_at < i ? preload_at : i;
    plan->options_at = options_at < i ? options_at : i;
    return preload_at == SIZE_MAX || is_whole(&text, environment[preload_at]);
}

static const char *preloads(const struct env_children_plan *plan)
{
    return plan->preload_at < plan->count ? plan->given[plan->preload_at] + sizeof PRELOAD - 1 : "";
}

static bool has_tracer(const char *list)
{
    while (*list) {
        size_t length = strcspn(list, ": \t");
        if (env_preload_is_tracer(list, length, children.tracer))
            return true;
        list += length + (list[length] != '\0');
    }
    return false;
}

/* --- what a child gets --------------------------------------------------- */

static size_t space_for(const struct env_children_plan *plan)
{
    size_t bytes = (plan->count + 3) * sizeof(char *) + sizeof PRELOAD + strlen(preloads(plan)) +
                   1 + strlen(children.tracer);
    if (bytes <= BYTES_MOST)
        return bytes;
    message_line("libtrace: a program that is run gets an environment of %d entries, too large for "
                 "the tracer's to be put in; it runs as it is",
                 (int64_t)plan->count);
    return 0;
}

size_t env_children_plan(struct env_children_plan *plan, enum exec_target target,
                         char *const environment[])
{
    plan->leaves_out = exec_target_reason(target) != NULL;
    if (!env_children_is_on() || target == EXEC_TARGET_CLOSED || !look_through(plan, environment))
        return 0;
    bool has_options = plan->options_at < plan->count;
    bool is_preloaded = has_tracer(preloads(plan));
    bool is_right = plan->leaves_out ? !has_options && !is_preloaded : has_options && is_preloaded;
    return is_right ? 0 : space_for(plan);
}

/* "LD_PRELOAD=" and, in front of theirs, the tracer; or theirs without it. NULL: that is nothing.
 */
static char *make_preloads(const struct env_children_plan *plan, char *space)
{
    const char *theirs = preloads(plan);
    struct text text = {space, SIZE_MAX};
    if (plan->leaves_out) {
        size_t length = sizeof PRELOAD + strlen(theirs);
        memcpy(space, PRELOAD, sizeof PRELOAD - 1);
        env_preload_copy(theirs, children.tracer, false, space + sizeof PRELOAD - 1,
                         length - (sizeof PRELOAD - 1));
        return space[sizeof PRELOAD - 1] ? space : NULL;
    }
    add_string(&text, children.preload);
    add_string(&text, ":");
    add(&text, theirs, strlen(theirs) + 1);
    return space;
}

/* What the child's tracer has to take out again. */
static enum env_added added_by(const struct env_children_plan *plan, bool is_preloaded)
{
    return is_preloaded                     ? ENV_ADDED_OPTIONS
           : plan->preload_at < plan->count ? ENV_ADDED_IN_FRONT
                                            : ENV_ADDED_BOTH;
}

char **env_children_make(const struct env_children_plan *plan, void *space)
{
    char **made = space, *text = (char *)(made + plan->count + 3);
    bool is_preloaded = has_tracer(preloads(plan));
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        char *entry = plan->given[i];
        if (i == plan->preload_at && is_preloaded == plan->leaves_out)
            entry = make_preloads(plan, text);
        if (entry && !(plan->leaves_out && i == plan->options_at))
            made[count++] = entry;
    }
    if (!plan->leaves_out && plan->preload_at == plan->count)
        made[count++] = (char *)children.preload;
    if (!plan->leaves_out && plan->options_at == plan->count)
        made[count++] = (char *)children.options[added_by(plan, is_preloaded)];
    made[count] = NULL;
    return made;
}

void env_children_say(enum exec_target target, const char *name)
{
    if (env_children_is_on() && !children.quiet && exec_target_reason(target))
        message_line("libtrace: %s is not traced: %s", name, exec_target_reason(target));
}

/* --- libc's own children ------------------------------------------------- */

/* Memory of a loan that is over: a thread that is cancelled in the midst of one keeps it. */
struct lent {
    size_t bytes; /* behind this */
    struct env_children_plan plan;
    char *entries[];
};
static _Atomic(struct lent *) spare;

static struct lent *take_memory(size_t bytes)
{
    struct lent *memory = atomic_exchange(&spare, NULL);
    if (memory && memory->bytes >= bytes)
        return memory;
    memory = pages_map(sizeof *memory + 2 * bytes);
    if (memory)
        memory->bytes = 2 * bytes;
    return memory;
}

void env_children_lend(struct env_children_loan *loan)
{
    struct env_children_plan plan;
    size_t bytes = env_children_plan(&plan, EXEC_TARGET_ORDINARY, __environ);
    struct lent *memory = bytes ? take_memory(bytes) : NULL;
    *loan = (struct env_children_loan){.before = __environ};
    if (!memory)
        return;
    memory->plan = plan;
    loan->lent = memory;
    __environ = env_children_make(&memory->plan, memory->entries);
}

/* The entry as it was before: NULL: there was none. */
static char *given_for(const struct lent *lent, char *entry)
{
    const struct env_children_plan *plan = &lent->plan;
    const char *bytes = (const char *)lent->entries;
    if (entry >= bytes && entry < bytes + lent->bytes)
        return plan->given[plan->preload_at];
    if (entry == children.preload)
        return NULL;
    for (int added = 0; added < ENV_ADDED_COUNT; added++)
        if (entry == children.options[added])
            return NULL;
    return entry;
}

/* The array may be memory that cannot be written to, as long as nobody does. */
static void put_back(const struct lent *lent, char *const *from, char **to)
{
    for (; *from; from++) {
        char *entry = given_for(lent, *from);
        if (entry && *to != entry)
            *to = entry;
        to += entry != NULL;
    }
    if (*to)
        *to = NULL;
}

/* Who added a variable meanwhile has made libc copy all to an array of its own, which stays. */
void env_children_take_back(struct env_children_loan *loan)
{
    struct lent *lent = loan->lent;
    if (!lent)
        return;
    char **now = __environ;
    if (now && now != lent->entries)
        put_back(lent, now, now);
    else if (now && loan->before)
        put_back(lent, now, loan->before);
    if (now == lent->entries)
        __environ = loan->before;
    atomic_store(&spare, lent);
}
