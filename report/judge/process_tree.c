#include "judge/process_tree.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/program_file.h"
#include "judge/timeline.h"
#include "read/log_reader.h"

/* --- logs ---------------------------------------------------------------- */

/* A program was named where a log should be: say how to trace it, or why that cannot be. */
static void process_explain_program(const char *path, struct failure *failure)
{
    struct failure why;

    if (program_file_check(path, &why) != 0)
        failure_set(failure, "%s is not a log, and: %s", path, why.text);
    else
        failure_set(
            failure,
            "%s is a program, not a log: trace it with leakreport --run %s%s, then read its "
            "trace.log",
            path, strchr(path, '/') ? "" : "./", path);
}

static const struct process_entry *process_same_file(const struct process_tree *tree,
                                                     const struct log_file *file)
{
    for (uint32_t i = 0; i < tree->count; i++)
        if (tree->entries[i].inode == file->inode && tree->entries[i].device == file->device)
            return &tree->entries[i];
    return NULL;
}

static char *process_program(const struct log_reader *reader)
{
    struct trace_string executable = reader->header.executable;
    const char *path = log_reader_string(reader, executable);
    char *copy = path ? memory_copy_bytes(path, executable.length) : memory_text("%s", "");
    const char *slash = strrchr(copy, '/');

    if (slash)
        memmove(copy, slash + 1, strlen(slash));
    return copy;
}

void process_tree_put(struct process_tree *tree, struct process_entry entry)
{
    memory_reserve(tree->entries, tree->count, tree->capacity);
    tree->entries[tree->count++] = entry;
}

void process_tree_keep(struct process_tree *tree, struct document *document)
{
    memory_reserve(tree->documents, tree->document_count, tree->document_capacity);
    tree->documents[tree->document_count++] = document;
}

static void process_put(struct process_tree *tree, const char *path,
                        const struct log_reader *reader)
{
    const struct trace_header *header = &reader->header;

    process_tree_put(tree, (struct process_entry){
                               .path = path,
                               .program = process_program(reader),
                               .device = reader->file.device,
                               .inode = reader->file.inode,
                               .pid = header->pid,
                               .parent_pid = header->parent_pid,
                               .pid_namespace = header->pid_namespace,
                               .start_ticks = header->start_ticks,
                               .started_ns = header->start_realtime_ns,
                               .parent = PROCESS_NONE,
                           });
}

enum process_added process_tree_add(struct process_tree *tree, const char *path,
                                    struct failure *failure)
{
    static struct log_reader reader;
    enum log_likeness likeness;
    enum process_added result = PROCESS_ADDED;

    if (log_reader_open(&reader, path, &likeness, failure) != 0) {
        if (likeness == LOG_IS_ELF)
            process_explain_program(path, failure);
        tree->unreadable++;
        return PROCESS_UNREADABLE;
    }
    const struct process_entry *same = process_same_file(tree, &reader.file);
    if (same) {
        failure_set(failure, "%s is the same file as %s: it is reported once", path, same->path);
        result = PROCESS_KNOWN;
    } else {
        process_put(tree, path, &reader);
    }
    log_reader_close(&reader);
    return result;
}

/* --- order --------------------------------------------------------------- */

static int process_compare(const void *left, const void *right)
{
    const struct process_entry *a = left, *b = right;

    if (a->started_ns != b->started_ns)
        return a->started_ns < b->started_ns ? -1 : 1;
    return strcmp(a->path, b->path);
}

static bool process_was(const struct process_entry *entry, const struct process_entry *earlier)
{
    return entry->pid == earlier->pid && entry->pid_namespace == earlier->pid_namespace &&
           entry->start_ticks == earlier->start_ticks;
}

static bool process_has_parent(const struct process_entry *entry,
                               const struct process_entry *earlier)
{
    return entry->parent_pid == earlier->pid && entry->pid_namespace == earlier->pid_namespace;
}

/* Of the earlier entries the latest one that fits: pids come round again. Earlier only, so that no
 * log can make a circle. */
static uint32_t process_find_parent(const struct process_tree *tree, uint32_t number)
{
    const struct process_entry *entry = &tree->entries[number];

    for (uint32_t i = number; i-- > 0;)
        if (process_was(entry, &tree->entries[i]))
            return i;
    for (uint32_t i = number; i-- > 0;)
        if (process_has_parent(entry, &tree->entries[i]))
            return i;
    return PROCESS_NONE;
}

static void process_rank(struct process_entry *sorted, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = i; k-- > 0 && !sorted[i].rank;)
            if (strcmp(sorted[k].program, sorted[i].program) == 0)
                sorted[i].rank = sorted[k].rank + 1;
}

/* Parents first: entries in the order of their start become entries in the order of the tree. */
static void process_put_in_order(struct process_tree *tree, const struct process_entry *sorted,
                                 uint32_t count, uint32_t *positions)
{
    uint32_t *next = memory_resized(NULL, count, sizeof *next);
    uint32_t *first = memory_resized(NULL, count + 1, sizeof *first);
    uint32_t at = PROCESS_NONE;

    memset(first, 0xff, (count + 1) * sizeof *first);
    for (uint32_t i = count; i-- > 0;) {
        uint32_t *children = &first[sorted[i].parent == PROCESS_NONE ? count : sorted[i].parent];

        next[i] = *children;
        *children = i;
    }
    for (uint32_t child = first[count]; child != PROCESS_NONE || at != PROCESS_NONE;) {
        if (child == PROCESS_NONE) { /* all of its children are in order: on with its sibling */
            child = next[at];
            at = sorted[at].parent;
            continue;
        }
        positions[child] = tree->count;
        tree->entries[tree->count++] = sorted[child];
        at = child;
        child = first[at];
    }
    free(next);
    free(first);
}

static void process_finish(struct process_tree *tree, const uint32_t *positions)
{
    for (uint32_t i = 0; i < tree->count; i++) {
        struct process_entry *entry = &tree->entries[i];

        for (uint32_t k = 0; k < i; k++)
            if (tree->entries[k].pid == entry->pid)
                tree->entries[k].pid_repeats = entry->pid_repeats = true;
        if (entry->parent == PROCESS_NONE)
            continue;
        entry->parent = positions[entry->parent];
        const struct process_entry *parent = &tree->entries[entry->parent];
        entry->depth = parent->depth + !process_was(entry, parent);
    }
}

static bool process_is_of(const struct process_tree *tree, uint32_t number, uint32_t pid)
{
    const struct process_entry *entry = &tree->entries[number];

    if (entry->pid == pid)
        return true;
    for (uint32_t i = 0; i < tree->count; i++)
        if (tree->entries[i].kept && process_has_parent(entry, &tree->entries[i]))
            return true;
    return false;
}

/* Until no round finds one more: the logs come in no order. */
void process_tree_only(struct process_tree *tree, uint32_t pid, uint64_t since_ns)
{
    uint32_t kept = 0;

    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = 0; i < tree->count; i++)
            if (!tree->entries[i].kept && tree->entries[i].started_ns >= since_ns &&
                process_is_of(tree, i, pid))
                more = tree->entries[i].kept = true;
    }
    for (uint32_t i = 0; i < tree->count; i++)
        if (tree->entries[i].kept)
            tree->entries[kept++] = tree->entries[i];
        else
            free(tree->entries[i].program);
    tree->count = kept;
    tree->unreadable = 0;
}

void process_tree_order(struct process_tree *tree)
{
    uint32_t count = tree->count;
    struct process_entry *sorted = tree->entries;
    uint32_t *positions = memory_resized(NULL, count, sizeof *positions);

    if (count)
        qsort(sorted, count, sizeof *sorted, process_compare);
    process_rank(sorted, count);
    for (uint32_t i = 0; i < count; i++)
        sorted[i].parent = process_find_parent(tree, i);
    tree->entries = memory_resized(NULL, count, sizeof *tree->entries);
    tree->capacity = count;
    tree->count = 0;
    process_put_in_order(tree, sorted, count, positions);
    process_finish(tree, positions);
    free(positions);
    free(sorted);
}

void process_tree_free(struct process_tree *tree)
{
    for (uint32_t i = 0; i < tree->count; i++) {
        free(tree->entries[i].program);
        free(tree->entries[i].command);
        free(tree->entries[i].doubt.became);
    }
    for (uint32_t i = 0; i < tree->document_count; i++)
        document_free(tree->documents[i]);
    free(tree->documents);
    free(tree->entries);
    memset(tree, 0, sizeof *tree);
}

/* --- what was found ------------------------------------------------------ */

void process_tree_note(struct process_tree *tree, uint32_t number, const struct model *model,
                       const struct selection *selection)
{
    struct process_entry *entry = &tree->entries[number];
    const char *command = model->command ? model->command : model->executable;

    entry->reported = true;
    entry->has_verdicts = model->has_verdicts;
    entry->command = memory_text("%s", command ? command : "");
    entry->ending = ending_of(model);
    if (model->usage)
        entry->peak_bytes = timeline_peak(model).bytes;
    memcpy(entry->bytes, selection->bytes, sizeof entry->bytes);
    entry->errors = selection->errors;
    entry->contexts = selection->contexts;
    entry->suppressed_errors = selection->suppressed_errors;
    entry->suppressed_contexts = selection->suppressed_contexts;
}

bool process_tree_is_followed(const struct process_tree *tree, uint32_t number)
{
    for (uint32_t i = 0; i < tree->count; i++)
        if (tree->entries[i].parent == number &&
            process_was(&tree->entries[i], &tree->entries[number]))
            return true;
    return false;
}

const struct process_entry *process_tree_starter(const struct process_tree *tree, uint32_t number)
{
    uint32_t at = number;

    do
        at = tree->entries[at].parent;
    while (at != PROCESS_NONE && process_was(&tree->entries[number], &tree->entries[at]));
    return at == PROCESS_NONE ? NULL : &tree->entries[at];
}

void process_tree_sum(const struct process_tree *tree, struct process_sum *sum)
{
    memset(sum, 0, sizeof *sum);
    for (uint32_t i = 0; i < tree->count; i++) {
        const struct process_entry *entry = &tree->entries[i];

        sum->reported += entry->reported;
        sum->with_errors += entry->errors > 0;
        sum->pid_repeats |= entry->pid_repeats;
        for (int kind = 0; kind < BLOCK_KINDS_COUNT; kind++)
            sum->all.bytes[kind] += entry->bytes[kind];
        sum->all.errors += entry->errors;
        sum->all.contexts += entry->contexts;
        sum->all.suppressed_errors += entry->suppressed_errors;
        sum->all.suppressed_contexts += entry->suppressed_contexts;
    }
}
