/* trace_log: the file trace.log as memory.
 *
 * Creates the file, maps it shared, hands out its tables as chunk_tables whose chunks are extents
 * of the file, and keeps its header. See trace_format.h for what a reader is promised.
 *
 * Storage is allocated before it is mapped, so that a full disk is an error return here and never a
 * SIGBUS in the program; when that happens one line says so, the header is marked incomplete, and
 * everything that finds no space is counted. Where no file can be made at all, the same tables live
 * in plain memory, so that the summary at the end is still true.
 *
 * The file is never made through a symbolic link, never in place of something that is not a trace
 * log, and never in place of a log that a live process writes: then it is trace.PID.log. */
#ifndef TRACE_LOG_H
#define TRACE_LOG_H

#include "log/chunk_table.h"
#include "trace_format.h"

#include <stdbool.h>

/* The header, always there after trace_log_begin. */
extern struct trace_header *trace_log_header __attribute__((visibility("hidden")));

extern struct chunk_table trace_log_strings;
extern struct chunk_table trace_log_modules;
extern struct chunk_table trace_log_threads;
extern struct chunk_table trace_log_nodes __attribute__((visibility("hidden")));
extern struct chunk_table trace_log_errors;
extern struct chunk_table trace_log_blocks; /* lines of eight slots */
extern struct chunk_table trace_log_regions;
extern struct chunk_table trace_log_rare;
extern struct chunk_table trace_log_moves; /* full from the start: a hash table */
extern struct chunk_table trace_log_mappings;
extern struct chunk_table trace_log_accounts __attribute__((visibility("hidden")));
#define TRACE_LOG_NODES_LOG2    10u /* of their first chunks */
#define TRACE_LOG_ACCOUNTS_LOG2 8u

/* Makes the log at `path` (absolute). Called once per process, with one thread. */
void trace_log_begin(const char *path);
/* The same in a file of that name that is open already, locked and empty; -1: it is not. No path:
 * in no file. */
void trace_log_begin_in(const char *path, int fd);
/* The file's path as it came to be; NULL if there is no file. */
const char *trace_log_path(void);
/* Whether that path still leads to the log, as far as can be seen: not when it was deleted or
 * moved, or when another file has taken its place. */
bool trace_log_is_in_place(void);
/* Which file it is, for the header; zeros if there is none. */
struct trace_file trace_log_file_identity(void);

/* A new extent, zeroed and mapped; NULL when there is no storage. */
void *trace_log_extend(enum trace_table kind, uint32_t number, size_t bytes, uint64_t first);
/* An extent is no longer listed, and its storage given back; its memory stays mapped. */
void trace_log_drop(enum trace_table kind, uint32_t number);
/* Fills the extent of `kind` and `number`, mapped at `memory`, from its byte `at` on: by a write to
 * the file where that is possible, which spares the kernel a fault and a zeroed page for every 4
 * KiB. */
void trace_log_fill(enum trace_table kind, uint32_t number, void *memory, size_t at,
                    const void *from, size_t bytes);
/* Whether the file has become shorter than what was allocated, or lost its header. */
bool trace_log_is_short(void);
/* A descriptor of the file; -1: there is none any more. */
int trace_log_descriptor(void);
/* What a reader knows the format by; all else is zero. */
void trace_log_fill_header(struct trace_header *header);
/* Copies a string into the log; length 0 if there is no space. */
struct trace_string trace_log_add_string(const char *text, size_t length);
/* Nanoseconds since trace_log_begin. */
uint64_t trace_log_now(void);

static inline void trace_log_lose(uint64_t *counter, uint64_t amount)
{
    __atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
}

/* Whether a thread is adding an extent to one of the tables above. */
bool trace_log_is_growing(void);
/* In a forked child: lets go of the parent's file. */
void trace_log_forget(void);
/* Gives back storage that no record uses. Called last, when nothing is recorded any longer. */
void trace_log_end(void);

#endif
