#include "life/env_children.h"

#include "life/env.h"
#include "life/env_entries.h"
#include "life/env_preload.h"
#include "os/message.h"
#include "os/pages.h"
#include "os/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define PRELOAD    ENV_ENTRIES_PRELOAD
#define OPTIONS    ENV_ENTRIES_OPTIONS
#define DESCRIPTOR " --log-descriptor="
#define BYTES_MOST (64u << 10) /* of the caller's stack */

static struct {
    const char *tracer; /* its absolute path */
    struct env_entries entries;
    bool is_on; /* for children */
    bool quiet;
} children;
static struct {
    const char *tracer; /* NULL: there will be no heir */
    const char *log;
    struct env_options const *options;
    const char *text; /* a copy: the program may write over its environment's memory */
    struct env_entries entries;
    atomic_bool ready;
} heir;

bool env_children_is_on(void)
{
    return children.is_on;
}

void env_children_begin(const struct env_options *options, const char *tracer)
{
    if (!env_entries_make(&children.entries, options, tracer))
        return;
    children.quiet = options->quiet;
    children.tracer = tracer;
    children.is_on = true;
    for (char **entry = __environ; entry && *entry; entry++)
        if (strncmp(*entry, OPTIONS, sizeof OPTIONS - 1) == 0)
            *entry = (char *)children.entries.options[ENV_ADDED_NOTHING];
}

/* --- an heir's ----------------------------------------------------------- */

static const char *copy_text(const char *given)
{
    static char small[1024];
    size_t size = strlen(given) + 1;
    char *copy = size <= sizeof small ? small : pages_map(size);
    return copy ? memcpy(copy, given, size) : NULL;
}

void env_children_begin_heir(const struct env_options *options, const char *tracer, const char *log)
{
    heir.text = env_preload_can_list(tracer) ? copy_text(options->text) : NULL;
    heir.options = options;
    heir.log = log ? log : options->trace_file;
    heir.tracer = heir.text ? tracer : NULL;
    children.tracer = tracer;
    children.quiet = options->quiet;
}

/* Most programs become no other one. Two threads that both come here make the same. */
static bool prepare_heir(void)
{
    struct env_entries entries = {0};
    if (!heir.tracer)
        return false;
    if (atomic_load_explicit(&heir.ready, memory_order_acquire))
        return true;
    bool whole = env_entries_make_heirs(&entries, heir.options, heir.text, heir.log, heir.tracer);
    if (whole)
        heir.entries = entries;
    /* Release: who finds it ready finds the entries. */
    atomic_store_explicit(&heir.ready, whole, memory_order_release);
    return whole;
}

bool env_children_heir_can_load(void)
{
    long fd = heir.tracer ? sys_open(heir.tracer, O_RDONLY, 0) : -ENOENT;
    if (!sys_is_error(fd))
        sys_close((int)fd);
    return !sys_is_error(fd);
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
    if (plan->is_heir)
        bytes += strlen(heir.entries.options[ENV_ADDED_BOTH]) + sizeof DESCRIPTOR + 24;
    if (bytes <= BYTES_MOST)
        return bytes;
    message_line("libtrace: a program is started with an environment of %d entries, which leaves "
                 "no space for the tracer's own; it runs untraced",
                 (int64_t)plan->count);
    return 0;
}

static bool is_given(const struct env_children_plan *plan)
{
    return plan->options_at < plan->count && has_tracer(preloads(plan));
}

static size_t plan_for(struct env_children_plan *plan, enum exec_target target,
                       char *const environment[])
{
    plan->leaves_out = exec_target_is_hurt(target);
    if (exec_target_is_deaf(target) || !look_through(plan, environment))
        return 0;
    bool is_clean = plan->options_at == plan->count && !has_tracer(preloads(plan));
    bool is_right = plan->leaves_out ? is_clean : is_given(plan);
    size_t bytes = is_right ? 0 : space_for(plan);
    plan->is_too_large = !is_right && !bytes;
    return bytes;
}

size_t env_children_plan(struct env_children_plan *plan, enum exec_target target,
                         char *const environment[])
{
    *plan = (struct env_children_plan){.log_descriptor = -1, .words_descriptor = -1};
    return env_children_is_on() ? plan_for(plan, target, environment) : 0;
}

size_t env_children_plan_heir(struct env_children_plan *plan, enum exec_target target,
                              char *const environment[])
{
    *plan =
        (struct env_children_plan){.is_heir = true, .log_descriptor = -1, .words_descriptor = -1};
    return prepare_heir() ? plan_for(plan, target, environment) : 0;
}

static const struct env_entries *entries_of(const struct env_children_plan *plan)
{
    return plan->is_heir ? &heir.entries : &children.entries;
}

/* "LD_PRELOAD=" and, in front of theirs, the tracer; or theirs without it. NULL: that is nothing.
 */
static char *make_preloads(const struct env_children_plan *plan, char *space)
{
    const char *theirs = preloads(plan);
    if (plan->leaves_out) {
        size_t length = sizeof PRELOAD + strlen(theirs);
        memcpy(space, PRELOAD, sizeof PRELOAD - 1);
        env_preload_copy(theirs, children.tracer, false, space + sizeof PRELOAD - 1,
                         length - (sizeof PRELOAD - 1));
        return space[sizeof PRELOAD - 1] ? space : NULL;
    }
    message_format(space, SIZE_MAX, "%s:%s", entries_of(plan)->preload, theirs);
    return space;
}

/* An heir is told of the descriptors, whose numbers are known only now. */
static char *make_marked_options(const struct env_children_plan *plan, enum env_added added,
                                 char *space)
{
    const char *entry = entries_of(plan)->options[added];
    size_t length = strlen(entry);
    if (plan->log_descriptor < 0)
        return (char *)entry;
    memcpy(space, entry, length);
    message_format(space + length, sizeof DESCRIPTOR + 24,
                   plan->words_descriptor < 0 ? DESCRIPTOR "%d" : DESCRIPTOR "%d,%d",
                   (int64_t)plan->log_descriptor, (int64_t)plan->words_descriptor);
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
    char *behind = text + sizeof PRELOAD + strlen(preloads(plan)) + 1 + strlen(children.tracer);
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
        made[count++] = (char *)entries_of(plan)->preload;
    if (!plan->leaves_out && plan->options_at == plan->count)
        made[count++] = make_marked_options(plan, added_by(plan, is_preloaded), behind);
    made[count] = NULL;
    return made;
}

void env_children_say(enum exec_target target, const char *name)
{
    if (env_children_is_on() && !children.quiet && exec_target_is_hurt(target) &&
        target != EXEC_TARGET_SKIPPED)
        message_line("libtrace: %s is not traced: %s", name,
                     trace_unfollowed_text(exec_target_obstacle(target)));
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
    if (entry == children.entries.preload)
        return NULL;
    for (int added = 0; added < ENV_ADDED_COUNT; added++)
        if (entry == children.entries.options[added])
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
