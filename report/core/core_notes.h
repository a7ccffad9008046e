/* core_notes.h: a core file that is being opened, and what its notes say: threads, registers,
 * mapped files, the command. */
#ifndef CORE_NOTES_H
#define CORE_NOTES_H

#include <stddef.h>
#include <stdint.h>
#include "core/image.h"

struct core_segment {
    uint64_t begin, end; /* of memory */
    uint64_t in_file;    /* bytes of it that the core has */
    const unsigned char *bytes;
    uint32_t flags; /* PF_… */
};

/* A file that is read in place of what the core lacks. */
struct core_lender {
    const char *path;
    const unsigned char *bytes; /* NULL: it is not the same */
    uint64_t size;
};

struct core {
    const char *path;
    const unsigned char *bytes;
    uint64_t size;
    struct core_segment *segments;
    size_t segment_count, segment_capacity;
    const struct core_segment *latest;
    struct core_lender *lenders;
    size_t lender_count, lender_capacity;
    struct image *image;
    size_t thread_capacity;
};

/* Puts what they say into core->image. What is cut or of an unknown kind is passed over. */
void core_notes_take(struct core *core, const unsigned char *notes, uint64_t size);

#endif
