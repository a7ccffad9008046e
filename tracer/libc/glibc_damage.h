/* glibc_damage: which of glibc's marks in memory makes no sense, after its malloc has said so and
 * ended the program.
 *
 * Chunks are followed by their sizes from the begin of [heap], or from an arena's first live block,
 * and held against what is known of the blocks in them: a live chunk has place for its block and
 * ends before the next live one, one behind a chunk in use says that this is in use, a free one's
 * size stands behind it, too. Where a chunk is met that cannot be one, either its own header is
 * overwritten or the one that led there: which, is told by the size of the block there.
 *
 * No allocator, no libc, no locks: for a stopped world. */
#ifndef GLIBC_DAMAGE_H
#define GLIBC_DAMAGE_H

#include "os/memory_map.h"
#include "trace_format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct glibc_damage_world {
    const struct memory_map *map;
    const struct trace_block *blocks; /* those of malloc's that live, ascending by address */
    size_t count;
    uint64_t being_freed; /* a block that is none of them any more, but in no list yet; or 0 */
    void *window;         /* for reading forwards */
    size_t window_size;
    void *context;
    size_t (*read)(void *context, uint64_t address, void *buffer, size_t length);
    uint64_t (*size_of)(const struct trace_block *block);
    /* Of the block that was freed last at an address. false: none was. */
    bool (*freed_at)(void *context, uint64_t address, uint64_t *size);
    /* The block that was freed last of those whose chunk ended there; 0: there is none. */
    uint64_t (*freed_before)(void *context, uint64_t chunk);
};

struct glibc_damage {
    enum trace_overwritten_kind kind;
    uint64_t first, last; /* bytes that are known to be overwritten; LINK: the first one alone */
    uint64_t block;       /* whose header it is; 0: of none */
    uint64_t before;      /* the block that it was overwritten from; 0: not known */
};

/* false: all that was looked at is as it is to be. */
bool glibc_damage_find(const struct glibc_damage_world *world, struct glibc_damage *damage);
/* How large a chunk malloc makes for a block. */
uint64_t glibc_damage_chunk_of(uint64_t size);

#endif
