/* memory_map: what is mapped where, from the text of /proc/self/maps.
 *
 * Parsing is a pure function of the text; memory_map_load reads the text of the calling process.
 * No allocator and no libc, so it may run in a stopped world and in a forked child. */
#ifndef MEMORY_MAP_H
#define MEMORY_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MAPPING_READABLE = 1u << 0,
    MAPPING_WRITABLE = 1u << 1,
    MAPPING_EXECUTABLE = 1u << 2,
    MAPPING_SHARED = 1u << 3,
    MAPPING_FILE = 1u << 4,   /* a file with an inode: not anonymous memory */
    MAPPING_DEVICE = 1u << 5, /* of a device: reading it may have effects */
    MAPPING_HEAP = 1u << 6,   /* [heap], what brk gave */
    MAPPING_STACK = 1u << 7,  /* [stack], the main thread's */
};

struct mapping {
    uint64_t begin;
    uint64_t end;
    uint32_t flags; /* MAPPING_… */
    uint32_t path_length;
    const char *path; /* in the text, not NUL terminated */
};

static inline bool mapping_is_anonymous(const struct mapping *mapping)
{
    return !(mapping->flags & (MAPPING_FILE | MAPPING_SHARED));
}
static inline bool mapping_is_writable(const struct mapping *mapping)
{
    const uint32_t both = MAPPING_READABLE | MAPPING_WRITABLE;
    return (mapping->flags & both) == both;
}

/* Ascending, never overlapping: mappings[i].end <= mappings[i + 1].begin. */
struct memory_map {
    struct mapping *mappings;
    size_t count;
};

/* Takes the lines of `text`, at most `capacity` of them, into `mappings`; a line that is not
 * understood is left out. Returns the number of mappings that the text has, also where that is
 * more than `capacity` (ask with capacity 0 first). */
size_t memory_map_parse(const char *text, size_t length, struct mapping *mappings, size_t capacity);

/* The mapping that holds `address`, or NULL; memory_map_above: else the next higher one. */
const struct mapping *memory_map_find(const struct memory_map *map, uint64_t address);
const struct mapping *memory_map_above(const struct memory_map *map, uint64_t address);

/* After chroot there may be no /proc; what was opened before goes on telling of this process.
 * Nothing that leads out of the new root is kept: a folder would. */
void memory_map_before_chroot(void);
/* A forked child has no use for what tells of its parent. */
void memory_map_forked(void);

/* Reads /proc/self/maps into memory of its own, listed in pages and used again by the next load,
 * which ends the life of this map. For one thread at a time. 0, or -errno with an empty map: no
 * /proc, no file descriptor left, -ENOMEM. */
int memory_map_load(struct memory_map *map);

#endif
