/* process_tree.h: the processes whose logs were named: who started whom, and what was found in
 * each.
 *
 * A parent stands before its children, and siblings stand in the order of their start. A process
 * that became another program by exec has a log for each, with one pid; pids of different
 * containers may be equal, too. So a process is known by pid, pid namespace and start time.
 */
#ifndef PROCESS_TREE_H
#define PROCESS_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/document.h"
#include "base/failure.h"
#include "judge/ending.h"
#include "judge/select.h"
#include "judge/verdict.h"
#include "read/model.h"

#define PROCESS_NONE UINT32_MAX

struct process_entry {
    const char *path; /* of the log; the caller's */
    char *program;    /* its file's name without folders, or "" */
    uint32_t rank;    /* among the processes of the same program, by their start */
    uint64_t device, inode;
    const struct document_value *exported; /* NULL: it is a log */
    uint32_t pid, parent_pid;
    uint64_t pid_namespace, start_ticks, started_ns;
    uint32_t parent;  /* its index in entries, of the process that started it or that it was before
                         an exec; PROCESS_NONE: that has no log here */
    uint32_t depth;   /* 0: a root */
    bool pid_repeats; /* another entry has this pid */
    bool kept;        /* by process_tree_only */

    bool reported; /* what follows is known */
    bool has_verdicts;
    char *command;
    struct doubt doubt; /* why it is not known whether there are errors */
    struct ending ending;
    uint64_t bytes[BLOCK_KINDS_COUNT];
    uint64_t peak_bytes; /* 0 unless usage was asked for */
    uint64_t errors, contexts, suppressed_errors, suppressed_contexts;
};

struct process_tree {
    struct process_entry *entries;
    uint32_t count, capacity;
    uint32_t unreadable;         /* logs */
    struct document **documents; /* that entries are of */
    uint32_t document_count, document_capacity;
};

/* What became of a log that was to be added. */
enum process_added { PROCESS_UNREADABLE = -1, PROCESS_ADDED, PROCESS_KNOWN };

/* Reads the log's header. `failure` is filled unless PROCESS_ADDED; PROCESS_KNOWN: the same file
 * was added before. */
enum process_added process_tree_add(struct process_tree *tree, const char *path,
                                    struct failure *failure);
/* An entry that is not a log's; its program is the tree's from now on, and so is a document. */
void process_tree_put(struct process_tree *tree, struct process_entry entry);
void process_tree_keep(struct process_tree *tree, struct document *document);
/* Leaves the process `pid`, if it began at that time or later, and what descends from it. */
void process_tree_only(struct process_tree *tree, uint32_t pid, uint64_t since_ns);
/* After the last one: puts them in order. */
void process_tree_order(struct process_tree *tree);
void process_tree_free(struct process_tree *tree);

/* Keeps what the report of entry `number` found. */
void process_tree_note(struct process_tree *tree, uint32_t number, const struct model *model,
                       const struct selection *selection);
/* Has the program that entry `number` became by exec a log here? */
bool process_tree_is_followed(const struct process_tree *tree, uint32_t number);
/* Who started entry `number`, an exec or several ago perhaps; NULL: no log of it here. */
const struct process_entry *process_tree_starter(const struct process_tree *tree, uint32_t number);

/* All processes together. Peaks of different moments add up to nothing. */
struct process_sum {
    struct process_entry all; /* figures only */
    uint32_t reported, with_errors;
    bool pid_repeats;
};
void process_tree_sum(const struct process_tree *tree, struct process_sum *sum);

#endif
