/* jitdump.h: pieces of code that was made at run time, from a jitdump's records.
 *
 * A record that makes no sense ends it: what came before is good. All that is given out points into
 * the records, which stay the caller's. A move gives the function of that index, as it was loaded
 * last, another place; its lines go with it.
 */
#ifndef SYMBOLS_JITDUMP_H
#define SYMBOLS_JITDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jitdump_code {
    uint64_t start, size;
    uint64_t loaded; /* where it was loaded: its lines tell addresses from there */
    uint64_t index;
    uint32_t order; /* of its record */
    uint32_t length;
    const char *name;              /* of `length` */
    const char *lines, *lines_end; /* struct trace_jitdump_line and paths; NULL: none */
};

/* All pieces, *count of them, in no order; the caller's to free. */
struct jitdump_code *jitdump_read(const char *records, size_t size, size_t *count);

/* The source of an address in the piece. false: it is not told. The path is NUL ended. */
bool jitdump_line(const struct jitdump_code *code, uint64_t address, const char **path,
                  unsigned *line);

#endif
