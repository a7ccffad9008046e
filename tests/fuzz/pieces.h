/* pieces.h: how a log stands in tests/fuzz/corpus/log: as what is not zero in it.
 *
 * A log is mostly zeros: its directory alone has 32 kB. So a file of the corpus holds the log's
 * size and the runs of other bytes, each with its place. That keeps the files small enough to be
 * mutated, and the mutations in the places that matter. Nothing here depends on the log's version.
 *
 *     struct pieces_head, then for each run: struct piece, and its bytes
 *
 * All of it may be hostile: a run that is cut ends early, one behind PIECES_LOG_MAX is left out.
 */
#ifndef PIECES_H
#define PIECES_H

#include <stddef.h>
#include <stdint.h>

#define PIECES_LOG_MAX (2u << 20) /* bytes of a log that is fuzzed */

struct pieces_head {
    uint8_t options[4]; /* which of leakreport's options are given: see fuzz_log.c */
    uint32_t size;      /* bytes of the log */
};
struct piece {
    uint32_t place; /* in the log */
    uint32_t length;
};

/* Takes the next piece at *at; NULL at the end. The bytes follow the returned place. */
const uint8_t *pieces_next(const uint8_t *data, size_t size, size_t *at, struct piece *piece);
/* Writes the log into the file, which is emptied first. */
void pieces_unpack(const uint8_t *data, size_t size, int fd, struct pieces_head *head);
/* The log as pieces, for the caller to free. */
uint8_t *pieces_pack(const uint8_t *log, size_t log_size, const uint8_t options[4], size_t *size);

#endif
