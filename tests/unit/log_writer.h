/* log_writer: builds a trace.log in memory, record by record, for tests of the reader.
 *
 * Add records in any order, then call log_writer_finish, which lays the tables out as the tracer
 * does: header, directory, page aligned extents. Afterwards bytes may be damaged at will. */
#ifndef LOG_WRITER_H
#define LOG_WRITER_H

#include <stddef.h>
#include <stdint.h>
#include "trace_format.h"

/* What BLOCKS had for an address in the program. */
#define LOG_WRITER_SLOTS 0x700000000000u

struct log_table {
    unsigned char *bytes;
    size_t size;
    size_t room; /* of bytes: at least size, or 0 where somebody else made them */
};
struct log_writer {
    struct trace_header header;
    struct log_table tables[TRACE_TABLES_COUNT];
    size_t records_per_extent; /* 0: one extent for each table */
    unsigned char *bytes;      /* the log, after finish */
    size_t size;
    unsigned extents; /* in the directory */
};

/* A process 4242 that has ended with status 0; all tables empty. */
void log_writer_begin(struct log_writer *writer);
void log_writer_end(struct log_writer *writer);

struct trace_string log_writer_string(struct log_writer *writer, const char *text);
void log_writer_generated(struct log_writer *writer, const char *text);
void log_writer_jitdump(struct log_writer *writer, const void *records, size_t size);
void log_writer_command(struct log_writer *writer, const char *bytes, size_t size);
/* Each returns the record's index. */
uint32_t log_writer_module(struct log_writer *writer, const char *path, uint64_t start,
                           uint64_t size);
uint32_t log_writer_thread(struct log_writer *writer, struct trace_thread thread);
uint32_t log_writer_account(struct log_writer *writer, struct trace_account count);
uint32_t log_writer_sample(struct log_writer *writer, struct trace_sample sample);
/* A program that the process was before; counted in the header. */
void log_writer_earlier(struct log_writer *writer, struct trace_earlier earlier);
/* Both count in the header, too: TRACE_CHECKS_KEPT at most, and all in one extent. */
void log_writer_check(struct log_writer *writer, struct trace_check check);
void log_writer_lost(struct log_writer *writer, struct trace_lost lost);
/* Bytes of POINTERS, as they are, and a record of ROOTS. */
void log_writer_pointers(struct log_writer *writer, const unsigned char *bytes, size_t size);
/* Behind all accounts that it names. */
void log_writer_moment(struct log_writer *writer, uint64_t time_ns, const struct trace_growth *rows,
                       uint32_t count);
void log_writer_move(struct log_writer *writer, struct trace_move move);
void log_writer_age(struct log_writer *writer, uint64_t time_ns, uint32_t first_account);
void log_writer_mapping(struct log_writer *writer, struct trace_mapping mapping);
void log_writer_stale(struct log_writer *writer, struct trace_stale stale);
void log_writer_root(struct log_writer *writer, struct trace_root root);
/* size 0: of the block that begins there, if its account is marked. */
void log_writer_name(struct log_writer *writer, uint64_t begin, uint64_t size, const char *name);
uint32_t log_writer_node(struct log_writer *writer, uint64_t address, uint32_t parent,
                         uint32_t module);
uint32_t log_writer_error(struct log_writer *writer, struct trace_error error);
/* Blocks name a stack by the first record of ACCOUNTS that has it, which is made if need be. */
uint32_t log_writer_rare(struct log_writer *writer, uint64_t address, uint64_t size,
                         uint32_t stack);
void log_writer_block(struct log_writer *writer, uint64_t address, uint64_t size, uint32_t stack);
/* A slot of the page, as it is (but for where in the page it begins), in a leaf that is made if
 * need be. */
void log_writer_slot(struct log_writer *writer, uint64_t address, uint64_t slot);
/* The word of a page, until the layout. */
uint64_t *log_writer_leaf(struct log_writer *writer, uint64_t address);
/* Sets header.check.scan and counts header.check.verdicts. */
uint32_t log_writer_verdict(struct log_writer *writer, uint64_t address, uint64_t size,
                            uint32_t stack, enum trace_leak_kind kind, uint32_t head);
struct trace_verdict *log_writer_last_verdict(struct log_writer *writer);
/* The head of each verdict, until the layout. */
uint32_t *log_writer_heads(struct log_writer *writer);

void log_writer_finish(struct log_writer *writer);
/* The directory entry of the n-th extent of a table in `bytes`, or NULL. */
struct trace_extent *log_writer_extent(struct log_writer *writer, enum trace_table table,
                                       unsigned n);
/* Writes `bytes`, or only the first of them, to a file. */
void log_writer_save(const struct log_writer *writer, const char *path, size_t size);

#endif
