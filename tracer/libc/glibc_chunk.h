/* glibc_chunk: whether an address is a block that glibc's malloc gave out and has not taken back.
 *
 * Judged from glibc's own marks alone, for blocks that the tracer never saw: those of a library
 * that was opened with RTLD_DEEPBIND, of another namespace, or of __libc_malloc. Reads through the
 * kernel, so any address may be asked for; takes no lock. Call it only where malloc could be
 * called: the first calls allocate and free a block, to learn how freed and mapped ones are marked.
 * Wrong only where something else looks like a used chunk whose neighbour looks like one, too. */
#ifndef GLIBC_CHUNK_H
#define GLIBC_CHUNK_H

#include <stdint.h>

enum glibc_chunk_state {
    GLIBC_CHUNK_NONE,      /* free, or no block of glibc's */
    GLIBC_CHUNK_UNCERTAIN, /* the last of a fast bin, or used and never written to; malloc's marks
                            * are not as known */
    GLIBC_CHUNK_USED
};
enum glibc_chunk_state glibc_chunk_state(uint64_t address);

#endif
